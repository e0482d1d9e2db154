// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server that lets in the peers whose keys an HTTP service lists, as a JSON array such as
// [{ "key": "<40 characters of Z85>", "userId": "turbine-3" }]. The arguments are the list's URL,
// the file with the server's secret key, and the endpoint.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>

#include <zmq.hpp>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

//! [poll]
// Asks the service each second, and puts its list in force if that has changed.
class KeyService : public QObject
{
public:
    KeyService(const QUrl &url, QZapCredentialsStore *store)
        : m_url(url)
        , m_store(store)
    {
        m_timer.callOnTimeout(this, [this] { ask(); });
        m_timer.start(1s);
        ask();
    }

private:
    void ask()
    {
        QNetworkRequest request(m_url);
        request.setTransferTimeout(900); // ms
        if (!m_version.isEmpty())
            request.setRawHeader("If-None-Match", m_version);
        QNetworkReply *const reply = m_network.get(request);
        connect(reply, &QNetworkReply::finished, this, [this, reply] { take(reply); });
    }

    void take(QNetworkReply *reply)
    {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const auto list = QJsonDocument::fromJson(reply->readAll());
        if (status == 304) // not modified
            m_store->confirm();
        else if (status != 200 || !list.isArray() || reply->error() != QNetworkReply::NoError)
            qWarning() << "The service does not answer with a list:" << reply->errorString();
        else if (m_store->replaceKeys(list.array().toVariantList()))
            m_version = reply->rawHeader("ETag");
        else
            qWarning() << "The list is invalid:" << m_store->errorString();
    }

    const QUrl m_url;
    QZapCredentialsStore *const m_store;
    QNetworkAccessManager m_network;
    QTimer m_timer;
    QByteArray m_version; // of the list in force
};
//! [poll]

} // namespace

int main(int argc, char *argv[])
try {
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    zmq::context_t context;
    //! [store]
    QZapCredentialsStore store;
    store.setStaleTime(5s); // without an answer for so long, nobody gets in
    const KeyService service(QUrl(arguments.value(1)), &store);

    QZapAuthenticator authenticator(context);
    auto *const domain = new QZapCurveDomain(&authenticator);
    domain->setName(u"telemetry"_s);
    domain->setStore(&store);
    authenticator.addDomain(domain);
    //! [store]
    QString error;
    const auto key = QZapCertificate::load(arguments.value(2), &error);
    if (!key)
        qCritical().noquote() << error;
    zmq::socket_t socket(context, zmq::socket_type::pull);
    if (!key || !QZap::secureCurve(socket, u"telemetry"_s, *key) || !authenticator.start())
        return 1; // the reason has been logged
    socket.bind(arguments.value(3, u"tcp://*:5555"_s).toStdString());
    qInfo() << "Bound to" << socket.get(zmq::sockopt::last_endpoint).c_str();
    return QCoreApplication::exec();
} catch (const zmq::error_t &error) {
    qCritical() << error.what();
    return 1;
}
