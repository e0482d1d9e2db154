// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server for a device without a display: Rules.qml declares which peers may send to it. The
// arguments are a folder with that file, server.key_secret and the files that the rules name; an
// endpoint; and, if wanted, a port of this computer at which Prometheus can read metrics.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

int fail(const QString &message)
{
    qCritical().noquote() << message;
    return 1;
}

void print(zmq::socket_t &socket)
{
    zmq::message_t message;
    if (socket.recv(message, zmq::recv_flags::dontwait)) {
        // The text of the peer is printed in quotes, with control characters escaped.
        qInfo() << message.gets("User-Id") << "says" << QString::fromStdString(message.to_string());
    }
}

//! [serve metrics]
// Answers a request of Prometheus, whatever it asks for.
void answer(QTcpSocket *client, const QZapAuthenticator *authenticator)
{
    while (client->canReadLine()) {
        if (client->readLine() != "\r\n")
            continue; // the empty line ends the request
        client->write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
                      "application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\r\n"
                      + QZap::openMetrics(authenticator));
        client->disconnectFromHost();
        return;
    }
}

bool serveMetrics(QTcpServer *server, quint16 port, const QZapAuthenticator *authenticator)
{
    QObject::connect(server, &QTcpServer::newConnection, authenticator, [server, authenticator] {
        QTcpSocket *const client = server->nextPendingConnection();
        client->setReadBufferSize(16 * 1024); // a longer line is never read
        QObject::connect(client, &QTcpSocket::readyRead, authenticator,
                         [client, authenticator] { answer(client, authenticator); });
        QObject::connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    });
    if (!server->listen(QHostAddress::LocalHost, port))
        return false;
    qInfo() << "Metrics are at port" << server->serverPort();
    return true;
}
//! [serve metrics]

} // namespace

int main(int argc, char *argv[])
try {
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QDir folder(arguments.value(1, u"/etc/embedded"_s));
    const QString endpoint = arguments.value(2, u"tcp://*:5555"_s);

    zmq::context_t context;
    if (!QZap::setDefaultContext(context)) // before the rules are loaded
        return 1;
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral(QZAP_QML_IMPORT_PATH));
    QQmlComponent document(&engine, QUrl::fromLocalFile(folder.filePath(u"Rules.qml"_s)));
    const std::unique_ptr<QObject> rules(document.isReady() ? document.create() : nullptr);
    const auto *const authenticator = qobject_cast<QZapAuthenticator *>(rules.get());
    if (!authenticator || !authenticator->isRunning())
        return fail(authenticator ? authenticator->errorString() : document.errorString());

    QString error;
    const auto key = QZapCertificate::load(folder.filePath(u"server.key_secret"_s), &error);
    zmq::socket_t socket(context, zmq::socket_type::pull);
    if (!key || !QZap::secureCurve(socket, u"telemetry"_s, *key))
        return fail(error);
    socket.bind(endpoint.toStdString());
    QZapSocketNotifier notifier(socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, [&socket] { print(socket); });
    QTcpServer metrics;
    if (arguments.size() > 3 && !serveMetrics(&metrics, arguments[3].toUShort(), authenticator))
        return fail(metrics.errorString());
    qInfo() << "Bound to" << socket.get(zmq::sockopt::last_endpoint).c_str();
    return QCoreApplication::exec();
} catch (const zmq::error_t &error) {
    return fail(QString::fromLocal8Bit(error.what()));
}
