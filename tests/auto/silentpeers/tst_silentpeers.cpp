// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_UNIX
#    include "descriptorlimit.h"
#endif

using Type = zmq::socket_type;

// Tests when the connections of peers that send nothing are ended: they cannot be told apart.
class tst_SilentPeers : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void disconnectsSilentPeers_data();
    void disconnectsSilentPeers();
    void sparesSilentPeers_data();
    void sparesSilentPeers();
    void keepsSilentPeersIfAsked();
    void sparesPeersOfOtherDomains();
    void disconnectsByAddress_data();
    void disconnectsByAddress();
    void disconnectsWhoWasAcceptedMeanwhile();
    void disconnectsConnectionsFromBeforeTheAuthenticator();
    void disconnectsPeersOfAFormerAuthenticator_data();
    void disconnectsPeersOfAFormerAuthenticator();
    void sweepsOnceForManyChanges();
    void disconnectsWithoutDescriptors();
    void sweepsWithoutAnEventLoop();

private:
    static QVariantMap passwordsOf(const QStringList &users);
    // Publishes something, and returns whether the socket has received something.
    bool isServed(zmq::socket_t &socket)
    {
        (void)send(*m_socket, "news");
        zmq::message_t message;
        return socket.recv(message, zmq::recv_flags::dontwait).has_value();
    }
};

QVariantMap tst_SilentPeers::passwordsOf(const QStringList &users)
{
    QVariantMap result;
    for (const QString &user : users)
        result.insert(user, QStringLiteral("secret"));
    return result;
}

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
    QVERIFY(QTest::qWaitFor([&] { return isServed(evesSocket); }));
    QVERIFY(QTest::qWaitFor([&] { return isServed(bobsSocket); }));
    const qint64 accepted = m_authenticator->acceptedCount();
    if (how == QLatin1String("revoke")) {
        m_authenticator->revoke(eve());
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 2); // both come back
        QCOMPARE(m_guard->silentDisconnectionCount(), 2);
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
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, const Change &change) { QTest::newRow(name) << change; };
    row("a user is added", [](QZapAuthenticator *authenticator) {
        authenticator->configurePlain(test(), passwordsOf({bob(), eve(), QStringLiteral("carol")}));
    });
    row("a user is removed who has not connected", [](QZapAuthenticator *authenticator) {
        authenticator->configurePlain(test(), passwordsOf({bob()}));
    });
    row("a user is revoked who has not connected",
        [](QZapAuthenticator *authenticator) { authenticator->revoke(eve()); });
    row("an unknown user is revoked",
        [](QZapAuthenticator *authenticator) { authenticator->revoke(QStringLiteral("nobody")); });
    row("another mechanism is narrowed", [](QZapAuthenticator *authenticator) {
        authenticator->removeDomain(test(), QZap::Mechanism::Curve);
    });
    row("another domain is narrowed", [](QZapAuthenticator *authenticator) {
        authenticator->configurePlain(QStringLiteral("other"), passwordsOf({bob()}));
        authenticator->configurePlain(QStringLiteral("other"), {});
    });
    row("an address is denied that nobody has",
        [](QZapAuthenticator *authenticator) { authenticator->deny(QStringLiteral("192.0.2.1")); });
    row("only its address is allowed", [](QZapAuthenticator *authenticator) {
        authenticator->allow(QStringLiteral("127.0.0.0/8"));
    });
    row("addresses are allowed", [](QZapAuthenticator *authenticator) {
        authenticator->deny(QStringLiteral("192.0.2.1"));
        authenticator->resetDeniedAddresses();
    });
    row("lockdown", [](QZapAuthenticator *authenticator) {
        authenticator->setLockdown(true);
        authenticator->setLockdown(false);
    });
    row("a thousand changes", [](QZapAuthenticator *authenticator) {
        for (int i = 0; i < 1000; ++i) {
            authenticator->setLockdown(i % 2 == 0);
            authenticator->deny(QStringLiteral("192.0.2.%1").arg(i % 250));
        }
    });
}

void tst_SilentPeers::sparesSilentPeers()
{
    QFETCH(const Change, change);

    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    const qint64 accepted = m_authenticator->acceptedCount();
    change(m_authenticator.get());
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    QCOMPARE(m_authenticator->acceptedCount(), accepted);
}

void tst_SilentPeers::keepsSilentPeersIfAsked()
{
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    m_authenticator->revokeAll();
    QVERIFY(m_authenticator->configurePlain(test(), {}));
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
}

// A revocation concerns the sockets that the user was accepted for.
void tst_SilentPeers::sparesPeersOfOtherDomains()
{
    const QString otherDomain = QStringLiteral("other");
    QVERIFY(m_authenticator->configurePlain(otherDomain, passwordsOf({eve()})));
    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));

    zmq::socket_t other(*m_context, Type::pub);
    QZapGuard otherGuard(m_authenticator.get());
    QVERIFY(QZap::securePlain(other, otherDomain) && otherGuard.setSocket(other));
    other.bind("tcp://127.0.0.1:*");
    zmq::socket_t evesSocket =
        client(Type::sub, QString::fromStdString(other.get(zmq::sockopt::last_endpoint)),
               QZap::Mechanism::Plain, eve());
    QTRY_COMPARE(m_authenticator->acceptedCount(), 2);
    m_authenticator->revoke(eve());
    m_guard->sweep();
    otherGuard.sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    QCOMPARE(otherGuard.silentDisconnectionCount(), otherGuard.canDisconnect() ? 1 : 0);
}

void tst_SilentPeers::disconnectsByAddress_data()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("isTcpServed");
    QTest::addColumn<bool>("isIpcServed");
    const auto row = [](const char *name, bool isTcpServed, bool isIpcServed,
                        const Change &change) {
        QTest::newRow(name) << change << isTcpServed << isIpcServed;
    };
    row("TCP is denied", false, true, [](QZapAuthenticator *authenticator) {
        authenticator->deny(QStringLiteral("127.0.0.0/8"));
    });
    row("IPC is denied", true, false,
        [](QZapAuthenticator *authenticator) { authenticator->deny(QStringLiteral("ipc:*")); });
    row("TCP is allowed", true, false, [](QZapAuthenticator *authenticator) {
        authenticator->allow(QStringLiteral("127.0.0.1"));
    });
    row("IPC is allowed", false, true,
        [](QZapAuthenticator *authenticator) { authenticator->allow(QStringLiteral("ipc:*")); });
    row("nothing is allowed", false, false,
        [](QZapAuthenticator *authenticator) { authenticator->setAllowedAddresses({}); });
}

// Only connections from addresses that are refused are ended, and that without a pause.
void tst_SilentPeers::disconnectsByAddress()
{
    QFETCH(const Change, change);
    QFETCH(const bool, isTcpServed);
    QFETCH(const bool, isIpcServed);

    m_guard->setSilentSweepInterval(1000000);
    start();
    zmq::socket_t tcp = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    m_socket->bind(ipcEndpoint().toStdString());
    zmq::socket_t ipc = client(Type::sub, ipcEndpoint());
    QVERIFY(QTest::qWaitFor([&] { return isServed(tcp); }));
    QVERIFY(QTest::qWaitFor([&] { return isServed(ipc); }));
    m_authenticator->revoke(bob()); // ends both
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 2);
    QTRY_COMPARE(m_authenticator->acceptedCount(), 4);
    QSignalSpy counted(m_guard.get(), &QZapGuard::silentDisconnectionCountChanged);
    change(m_authenticator.get());
    const int ended = (isTcpServed ? 0 : 1) + (isIpcServed ? 0 : 1);
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 2 + ended);
    QVERIFY(!counted.isEmpty());
    QTRY_COMPARE(m_authenticator->rejectedCount(), ended);
    QVERIFY(!isTcpServed || QTest::qWaitFor([&] { return isServed(tcp); }));
    QVERIFY(!isIpcServed || QTest::qWaitFor([&] { return isServed(ipc); }));
    QCOMPARE(m_authenticator->acceptedCount(), 4);
}

// A user is added, connects and is removed before the guard looks at the rules again.
void tst_SilentPeers::disconnectsWhoWasAcceptedMeanwhile()
{
    QVERIFY(m_authenticator->configurePlain(test(), passwordsOf({bob()})));
    start(true);
    const QString endpoint = serve(QZap::Mechanism::Plain, Type::pub);
    m_guard->sweep();
    // The event loop does not run until the end.
    QVERIFY(m_authenticator->configurePlain(test(), passwordsOf({bob(), eve()})));
    zmq::socket_t evesSocket = client(Type::sub, endpoint, QZap::Mechanism::Plain, eve());
    evesSocket.set(zmq::sockopt::rcvtimeo, 20);
    zmq::message_t message;
    QDeadlineTimer deadline(10000);
    do
        (void)send(*m_socket, "news");
    while (!evesSocket.recv(message) && !deadline.hasExpired());
    QCOMPARE(message.to_string(), std::string("news"));
    QVERIFY(m_authenticator->configurePlain(test(), passwordsOf({bob()})));
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), m_guard->canDisconnect() ? 1 : 0);
}

// Nobody knows whose connections they are that were accepted without a guard.
void tst_SilentPeers::disconnectsConnectionsFromBeforeTheAuthenticator()
{
    start();
    m_guard->setAuthenticator(nullptr);
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    m_guard->setAuthenticator(m_authenticator.get());
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    zmq::socket_t later =
        client(Type::sub, QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint)));
    QVERIFY(QTest::qWaitFor([&] { return isServed(later); }));
    m_authenticator->revoke(eve());
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), m_guard->canDisconnect() ? 1 : 0);
}

void tst_SilentPeers::disconnectsPeersOfAFormerAuthenticator_data()
{
    QTest::addColumn<bool>("isRemovedFirst");
    QTest::newRow("replaced") << false;
    QTest::newRow("removed, and another one is set later") << true;
}

void tst_SilentPeers::disconnectsPeersOfAFormerAuthenticator()
{
    QFETCH(const bool, isRemovedFirst);

    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    QZapAuthenticator other;
    if (isRemovedFirst)
        m_guard->setAuthenticator(nullptr);
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    m_guard->setAuthenticator(&other);
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), m_guard->canDisconnect() ? 1 : 0);
    m_guard->setAuthenticator(nullptr);
}

// There is a pause between two sweeps that may concern innocent peers, however many changes there
// are.
void tst_SilentPeers::sweepsOnceForManyChanges()
{
    m_guard->setSilentSweepInterval(1000000);
    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    const qint64 accepted = m_authenticator->acceptedCount();
    for (int i = 0; i < 1000; ++i) {
        m_authenticator->revoke(bob());
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 1);
    QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 1);
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    m_authenticator->revoke(bob());
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    QCOMPARE(m_guard->silentDisconnectionCount(), 1);
    m_guard->setSilentSweepInterval(0); // it is due
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 2);
}

void tst_SilentPeers::disconnectsWithoutDescriptors()
{
#ifdef Q_OS_LINUX
    start();
    zmq::socket_t socket = client(Type::sub, serve(QZap::Mechanism::Plain, Type::pub));
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    const DescriptorLimit limit(0);
    QVERIFY(!QFile(QStringLiteral("/dev/null")).open(QIODevice::ReadOnly));
    m_authenticator->revoke(bob());
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 1);
#else
    QSKIP("connections can be ended on Linux only");
#endif
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
