// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A CURVE server and its client on one event loop. Exits with 0 once the client, whose key the
// server knows, has received its message back.

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

using namespace Qt::StringLiterals;

namespace {

bool makeKeys(const QString &directory)
{
    QDir().mkpath(directory + "/clients"_L1);
    //! [keys]
    const QZapCertificate server = QZapCertificate::generate();
    QZapCertificate alice = QZapCertificate::generate();
    alice.setMetadata(u"name"_s, u"Alice Smith"_s);
    alice.setMetadata(u"role"_s, u"accountant"_s);

    QString error;
    if (!server.save(directory, u"server"_s, {}, &error)
        || !alice.save(directory + "/clients"_L1, u"alice"_s, {}, &error)) {
        qCritical().noquote() << error;
        return false;
    }
    //! [keys]
    return true;
}

int run(const QString &directory)
{
    const auto serverCertificate = QZapCertificate::load(directory + "/server.key_secret"_L1);
    const auto alice = QZapCertificate::load(directory + "/clients/alice.key_secret"_L1);
    if (!serverCertificate || !alice)
        return 1;
    const QString clientKeys = directory + "/clients"_L1;

    //! [server]
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::rep);

    QZapAuthenticator authenticator(context);
    QObject::connect(&authenticator, &QZapAuthenticator::rejected,
                     [](const QString &userId, const QString &reason) {
                         qInfo() << userId << "was not let in:" << reason;
                     });
    QZapCurveDomain office;
    office.setName(u"office"_s);
    office.setLocation(clientKeys);
    office.setUserIdField(u"name"_s);
    office.setPublishedFields({u"role"_s});
    if (!authenticator.addDomain(&office) || !authenticator.start()
        || !QZap::secureCurve(socket, u"office"_s, *serverCertificate)) {
        return 1;
    }
    socket.bind("tcp://127.0.0.1:*");

    QZapSocketNotifier notifier(socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, [&socket] {
        zmq::message_t message;
        if (!socket.recv(message, zmq::recv_flags::dontwait))
            return;
        qInfo() << message.gets("User-Id") << "is an" << message.gets("role"); // for each message
        socket.send(message, zmq::send_flags::dontwait);
    });
    //! [server]

    const std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
    const QString serverKey = serverCertificate->publicKeyText();

    //! [client]
    zmq::context_t clientContext;
    zmq::socket_t client(clientContext, zmq::socket_type::req);
    client.set(zmq::sockopt::linger, 0);
    if (!QZap::setCurveClient(client, *alice, serverKey))
        return 1;
    client.connect(endpoint);
    client.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    //! [client]

    QZapSocketNotifier answers(client);
    QObject::connect(&answers, &QZapSocketNotifier::readable, [&client] {
        zmq::message_t message;
        if (client.recv(message, zmq::recv_flags::dontwait))
            QCoreApplication::exit(message.to_string_view() == "hello" ? 0 : 1);
    });
    QTimer::singleShot(std::chrono::seconds(30), [] { QCoreApplication::exit(1); });
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QTemporaryDir directory;
    if (!directory.isValid() || !makeKeys(directory.path()))
        return 1;
    try {
        return run(directory.path());
    } catch (const zmq::error_t &error) {
        qCritical("%s", error.what());
        return 1;
    }
}
