// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Type = zmq::socket_type;

// Peers that send nothing cannot be told apart: when their connections are ended.
class tst_SilentPeers : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void disconnectsSilentPeers_data();
    void disconnectsSilentPeers();
    void sparesSilentPeers_data();
    void sparesSilentPeers();
    void sweepsWithoutAnEventLoop();
};

void tst_SilentPeers::init()
{
    GuardTest::init();
    configure({bob(), eve()});
    m_guard->setSilentSweepInterval(0);
}

void tst_SilentPeers::disconnectsSilentPeers_data()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("transport");
    QTest::addColumn<QString>("how");
    for (const char *const how : {"revoke", "remove", "deny"}) {
        for (const char *const transport : {"IPv4", "IPv6", "ipc"}) {
            const QByteArray row = QByteArray(transport) + ", " + how;
            QTest::newRow(("PUB, " + row).constData())
                << Type::pub << QString::fromLatin1(transport) << QString::fromLatin1(how);
            QTest::newRow(("PUSH, " + row).constData())
                << Type::push << QString::fromLatin1(transport) << QString::fromLatin1(how);
        }
    }
}

// The revoked peer stays away, and the other one is served again.
void tst_SilentPeers::disconnectsSilentPeers()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const QString, how);

    start();
    const QString endpoint = serve(QZap::Mechanism::Plain, type, endpointFor(transport));
    zmq::socket_t evesSocket = client(clientOf(type), endpoint, QZap::Mechanism::Plain, eve());
    zmq::socket_t bobsSocket = client(clientOf(type), endpoint, QZap::Mechanism::Plain, bob());
    const auto isServed = [this](zmq::socket_t &socket) {
        (void)send(*m_socket, "news");
        zmq::message_t message;
        return socket.recv(message, zmq::recv_flags::dontwait).has_value();
    };
    QVERIFY(QTest::qWaitFor([&] { return isServed(evesSocket); }));
    QVERIFY(QTest::qWaitFor([&] { return isServed(bobsSocket); }));
    const qint64 accepted = m_authenticator->acceptedCount();
    if (how == QLatin1String("revoke")) {
        m_authenticator->revoke(eve());
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 2); // both come back
        QVERIFY(QTest::qWaitFor([&] { return isServed(bobsSocket); }));
        return;
    }
    if (how == QLatin1String("remove")) {
        QVERIFY(m_authenticator->configurePlain(test(), {{bob(), QStringLiteral("secret")}}));
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 1);
        QTRY_COMPARE(m_authenticator->rejectedCount(), 1);
        QVERIFY(QTest::qWaitFor([&] { return isServed(bobsSocket); }));
    } else {
        m_authenticator->setAllowedAddresses({});
        QTRY_COMPARE(m_authenticator->rejectedCount(), 2);
    }
    for (zmq::message_t message; evesSocket.recv(message, zmq::recv_flags::dontwait);)
        continue; // what was sent before
    QVERIFY(!isServed(evesSocket));
    QVERIFY(!isServed(evesSocket));
}

void tst_SilentPeers::sparesSilentPeers_data()
{
    QTest::addColumn<QString>("change");
    for (const char *const change :
         {"a user is added", "another mechanism is narrowed", "another domain is narrowed",
          "addresses are allowed", "lockdown", "Keep"}) {
        QTest::newRow(change) << QString::fromLatin1(change);
    }
}

void tst_SilentPeers::sparesSilentPeers()
{
    QFETCH(const QString, change);

    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    const auto isServed = [&] {
        (void)send(*m_socket, "news");
        zmq::message_t message;
        return socket.recv(message, zmq::recv_flags::dontwait).has_value();
    };
    QVERIFY(QTest::qWaitFor(isServed));
    const qint64 accepted = m_authenticator->acceptedCount();
    const QString secret = QStringLiteral("secret");
    if (change == QLatin1String("a user is added")) {
        QVERIFY(m_authenticator->configurePlain(
            test(), {{bob(), secret}, {eve(), secret}, {QStringLiteral("carol"), secret}}));
    } else if (change == QLatin1String("another mechanism is narrowed")) {
        QVERIFY(m_authenticator->removeDomain(test(), QZap::Mechanism::Curve));
    } else if (change == QLatin1String("another domain is narrowed")) {
        QVERIFY(m_authenticator->configurePlain(QStringLiteral("other"), {{bob(), secret}}));
        QVERIFY(m_authenticator->configurePlain(QStringLiteral("other"), {}));
    } else if (change == QLatin1String("addresses are allowed")) {
        QVERIFY(m_authenticator->deny(QStringLiteral("192.0.2.1")));
        m_guard->sweep(); // this one is narrower
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 1);
        m_authenticator->resetDeniedAddresses();
    } else if (change == QLatin1String("lockdown")) {
        m_authenticator->setLockdown(true);
        m_authenticator->setLockdown(false);
    } else {
        m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
        m_authenticator->revokeAll();
    }
    const qint64 before = m_authenticator->acceptedCount();
    m_guard->sweep();
    QVERIFY(QTest::qWaitFor(isServed));
    // A connection that was ended would be back by now, or later than that of another peer.
    zmq::socket_t other =
        client(Type::sub, QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint)));
    QTRY_COMPARE(m_authenticator->acceptedCount(), before + 1);
    QVERIFY(QTest::qWaitFor(isServed));
    QCOMPARE(m_authenticator->acceptedCount(), before + 1);
}

void tst_SilentPeers::sweepsWithoutAnEventLoop()
{
    start(true);
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    zmq::message_t message;
    while (!message.more())
        QVERIFY(m_socket->recv(message)); // blocks
    while (message.more())
        QVERIFY(m_socket->recv(message));
    QVERIFY(m_guard->isAuthorized(message));
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revoke(bob());
    QVERIFY(!m_guard->isAuthorized(message));
    QCOMPARE(revoked.size(), 0);
    m_guard->sweep();
    QCOMPARE(revoked.size(), 1);
    if (!m_guard->canDisconnect())
        return;
    QDeadlineTimer deadline(5000);
    while (disconnected.isEmpty() && !deadline.hasExpired())
        m_guard->sweep();
    QCOMPARE(disconnected.size(), 1);
}

QTEST_GUILESS_MAIN(tst_SilentPeers)
#include "tst_silentpeers.moc"
