// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server that receives and one that publishes, both with guards, and a peer of each, which is
// revoked. Exits with 0 once both have been disconnected.

#include <QZap/QZapAuthenticator>
#include <QZap/QZapGuard>
#include <QZap/QZapSocketMonitor>
#include <QZap/QZapSocketNotifier>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

namespace {

void process(const QString &userId, const zmq::message_t &message)
{
    qInfo("%ls has sent %zu bytes", qUtf16Printable(userId), message.size());
}

void stopIfDisconnected(QZapSocketMonitor *monitor, QZapAuthenticator *authenticator)
{
    QObject::connect(monitor, &QZapSocketMonitor::disconnected, monitor, [authenticator] {
        static int disconnected = 0;
        if (++disconnected < 2)
            return;
        authenticator->stop();
        QCoreApplication::quit();
    });
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    const QString domain = QStringLiteral("sensors");
    const QString user = QStringLiteral("bob");
    const QByteArray password = "secret";
    if (!authenticator.configurePlain(domain, {{user, QStringLiteral("secret")}})
        || !authenticator.start()) {
        return 1;
    }

    //! [receive]
    zmq::socket_t server(context, zmq::socket_type::router);
    QZapGuard guard(&authenticator);
    if (!QZap::securePlain(server, domain) || !guard.setSocket(server)) // before bind()
        qFatal("%ls", qUtf16Printable(guard.errorString()));
    server.bind("tcp://127.0.0.1:*");

    QZapSocketNotifier notifier(server);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, &guard, [&server, &guard] {
        zmq::message_t message;
        while (server.recv(message, zmq::recv_flags::dontwait)) {
            if (!message.more() && guard.isAuthorized(message))
                process(guard.userId(message), message);
        }
    });
    QObject::connect(
        &guard, &QZapGuard::revoked, [](const QZapSession &session, const QString &reason) {
            qInfo("%ls is out: %ls", qUtf16Printable(session.userId()), qUtf16Printable(reason));
        });
    //! [receive]

    //! [publish]
    zmq::socket_t publisher(context, zmq::socket_type::pub);
    QZapGuard publisherGuard(&authenticator);
    if (!QZap::securePlain(publisher, domain) || !publisherGuard.setSocket(publisher))
        qFatal("%ls", qUtf16Printable(publisherGuard.errorString()));
    publisher.bind("tcp://127.0.0.1:*");
    //! [publish]

    zmq::socket_t client(context, zmq::socket_type::dealer);
    zmq::socket_t subscriber(context, zmq::socket_type::sub);
    QZapSocketMonitor clientMonitor(client);
    QZapSocketMonitor subscriberMonitor(subscriber);
    stopIfDisconnected(&clientMonitor, &authenticator);
    stopIfDisconnected(&subscriberMonitor, &authenticator);
    if (!QZap::setPlainClient(client, user, password)
        || !QZap::setPlainClient(subscriber, user, password)) {
        return 1;
    }
    subscriber.set(zmq::sockopt::subscribe, "");
    client.connect(server.get(zmq::sockopt::last_endpoint));
    subscriber.connect(publisher.get(zmq::sockopt::last_endpoint));
    client.send(zmq::str_buffer("hello"), zmq::send_flags::none);

    // Once both are connected, and the message was processed, bob is removed.
    QObject::connect(&guard, &QZapGuard::connectionCountChanged, &guard, [&] {
        if (guard.connectionCount() < 1 || authenticator.acceptedCount() < 2)
            return;
        //! [revoke]
        authenticator.configurePlain(domain, {}); // bob is out
        //! [revoke]
    });
    QObject::connect(&authenticator, &QZapAuthenticator::acceptedCountChanged, &guard,
                     [&guard] { Q_EMIT guard.connectionCountChanged(); });
    if (!guard.canDisconnect())
        return 0; // not on this system
    QTimer::singleShot(std::chrono::seconds(30), [] { QCoreApplication::exit(1); });
    return QCoreApplication::exec();
}
