// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server that receives, one that publishes, and one that publishes and knows its subscribers, all
// with guards, and a peer of each, which is revoked. Exits with 0 once all have been disconnected.

#include <QZap/QZapAuthenticator>
#include <QZap/QZapConnectionModel>
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
        if (++disconnected < 3)
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
    if (!QZap::securePlain(server, domain))
        return 1;                 // the reason has been logged
    if (!guard.setSocket(server)) // before bind()
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

    //! [model]
    QZapConnectionModel connections; // for a table view
    connections.setGuard(&guard);
    //! [model]

    //! [publish]
    zmq::socket_t publisher(context, zmq::socket_type::pub);
    QZapGuard publisherGuard(&authenticator);
    if (!QZap::securePlain(publisher, domain))
        return 1; // the reason has been logged
    if (!publisherGuard.setSocket(publisher))
        qFatal("%ls", qUtf16Printable(publisherGuard.errorString()));
    publisher.bind("tcp://127.0.0.1:*");
    //! [publish]

    //! [subscriptions]
    zmq::socket_t xpub(context, zmq::socket_type::xpub);
    QZapGuard xpubGuard(&authenticator);
    if (!QZap::securePlain(xpub, domain))
        return 1; // the reason has been logged
    if (!xpubGuard.setSocket(xpub))
        qFatal("%ls", qUtf16Printable(xpubGuard.errorString()));
    xpub.bind("tcp://127.0.0.1:*");

    QZapSocketNotifier subscriptions(xpub);
    QObject::connect(
        &subscriptions, &QZapSocketNotifier::readable, &xpubGuard, [&xpub, &xpubGuard] {
            zmq::message_t
                message; // 1 and the topic, or 0 and the topic when nobody wants it any more
            while (xpub.recv(message, zmq::recv_flags::dontwait)) {
                if (xpubGuard.isAuthorized(message)) // from now on, its connection is known
                    qInfo("%ls subscribes", qUtf16Printable(xpubGuard.userId(message)));
            }
        });
    //! [subscriptions]

    zmq::socket_t client(context, zmq::socket_type::dealer);
    zmq::socket_t subscriber(context, zmq::socket_type::sub);
    zmq::socket_t knownSubscriber(context, zmq::socket_type::sub);
    QZapSocketMonitor clientMonitor(client);
    QZapSocketMonitor subscriberMonitor(subscriber);
    QZapSocketMonitor knownMonitor(knownSubscriber);
    for (QZapSocketMonitor *const monitor : {&clientMonitor, &subscriberMonitor, &knownMonitor})
        stopIfDisconnected(monitor, &authenticator);
    if (!QZap::setPlainClient(client, user, password)
        || !QZap::setPlainClient(subscriber, user, password)
        || !QZap::setPlainClient(knownSubscriber, user, password)) {
        return 1;
    }
    subscriber.set(zmq::sockopt::subscribe, "");
    knownSubscriber.set(zmq::sockopt::subscribe, "");
    client.connect(server.get(zmq::sockopt::last_endpoint));
    subscriber.connect(publisher.get(zmq::sockopt::last_endpoint));
    knownSubscriber.connect(xpub.get(zmq::sockopt::last_endpoint));
    client.send(zmq::str_buffer("hello"), zmq::send_flags::none);

    // Once all are connected, and the messages were processed, bob is removed.
    const auto removeBob = [&] {
        if (guard.connectionCount() < 1 || xpubGuard.connectionCount() < 1
            || connections.rowCount() < 1 || authenticator.acceptedCount() < 3) {
            return;
        }
        //! [revoke]
        authenticator.configurePlain(domain, {}); // bob is out
        //! [revoke]
    };
    QObject::connect(&guard, &QZapGuard::connectionCountChanged, &guard, removeBob);
    QObject::connect(&xpubGuard, &QZapGuard::connectionCountChanged, &guard, removeBob);
    QObject::connect(&authenticator, &QZapAuthenticator::acceptedCountChanged, &guard, removeBob);
    QObject::connect(&connections, &QZapConnectionModel::rowsInserted, &guard, removeBob);
    if (!guard.canDisconnect())
        return 0; // not on this system
    QTimer::singleShot(std::chrono::seconds(30), [] { QCoreApplication::exit(1); });
    return QCoreApplication::exec();
}
