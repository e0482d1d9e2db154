// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"
#include "socketmonitor.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_UNIX
#    include "descriptorlimit.h"
#endif

using Type = zmq::socket_type;
Q_DECLARE_METATYPE(Type)

// Whose connections are ended, for each type of socket and transport.
class tst_GuardDisconnections : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void knowsWhatItCanDisconnect_data();
    void knowsWhatItCanDisconnect();
    void disconnectsExactly_data();
    void disconnectsExactly();
    void disconnectsSilentPeers_data();
    void disconnectsSilentPeers();
    void sparesSilentPeers_data();
    void sparesSilentPeers();
    void disconnectsOnRequest();
    void keepsARevokedPeerIfAsked();
    void disconnectsWithoutDescriptors();
    void sparesWhoGotADescriptorOfARevokedPeer();
    void sweepsWithoutAnEventLoop();
    void attachesAgainIfTheMonitorIsTaken();
    void outlivesTheSocket();
    void survivesChurn_data();
    void survivesChurn();

private:
    static Type clientOf(Type server);
    static bool isXpub(Type type) { return type == Type::xpub; }
    QString endpointFor(const QString &transport) const;

    QString bob() const { return QStringLiteral("bob"); }
    QString eve() const { return QStringLiteral("eve"); }
};

void tst_GuardDisconnections::init()
{
    GuardTest::init();
    configure({bob(), eve()});
    m_guard->setSilentSweepInterval(0);
}

Type tst_GuardDisconnections::clientOf(Type server)
{
    switch (server) {
    case Type::router:
        return Type::dealer;
    case Type::pull:
        return Type::push;
    case Type::rep:
        return Type::req;
    case Type::pair:
        return Type::pair;
    case Type::push:
        return Type::pull;
    default:
        return Type::sub;
    }
}

QString tst_GuardDisconnections::endpointFor(const QString &transport) const
{
    if (transport == QLatin1String("ipc"))
        return ipcEndpoint();
    return transport == QLatin1String("IPv6") ? QStringLiteral("tcp://[::1]:*")
                                              : QStringLiteral("tcp://127.0.0.1:*");
}

void tst_GuardDisconnections::knowsWhatItCanDisconnect_data()
{
    QTest::addColumn<Type>("type");
    QTest::addColumn<bool>("canDisconnect");
    QTest::newRow("ROUTER") << Type::router << true;
    QTest::newRow("PULL") << Type::pull << true;
    QTest::newRow("REP") << Type::rep << true;
    QTest::newRow("PAIR") << Type::pair << true;
    QTest::newRow("XPUB") << Type::xpub << true;
    QTest::newRow("PUSH") << Type::push << true;
    QTest::newRow("PUB") << Type::pub << true;
    QTest::newRow("DEALER") << Type::dealer << false;
    QTest::newRow("REQ") << Type::req << false;
    QTest::newRow("SUB") << Type::sub << false;
    QTest::newRow("XSUB") << Type::xsub << false;
}

void tst_GuardDisconnections::knowsWhatItCanDisconnect()
{
    QFETCH(const Type, type);
    QFETCH(const bool, canDisconnect);

    QSignalSpy changed(m_guard.get(), &QZapGuard::canDisconnectChanged);
    QVERIFY(!m_guard->canDisconnect());
    serve(QZap::Mechanism::Plain, type);
#ifdef Q_OS_LINUX
    QCOMPARE(m_guard->canDisconnect(), canDisconnect);
#else
    Q_UNUSED(canDisconnect);
    QVERIFY(!m_guard->canDisconnect());
#endif
    QCOMPARE(changed.size(), 1);
    m_guard->clearSocket();
    QVERIFY(!m_guard->canDisconnect());
}

void tst_GuardDisconnections::disconnectsExactly_data()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("transport");
    QTest::addColumn<QZap::Mechanism>("mechanism");
    const QList<std::pair<Type, QByteArray>> types = {{Type::router, "ROUTER"},
                                                      {Type::pull, "PULL"},
                                                      {Type::rep, "REP"},
                                                      {Type::pair, "PAIR"},
                                                      {Type::xpub, "XPUB"}};
    for (const auto &type : types) {
        for (const char *const transport : {"IPv4", "IPv6", "ipc"}) {
            for (const QZap::Mechanism mechanism :
                 {QZap::Mechanism::Plain, QZap::Mechanism::Curve}) {
                const QByteArray row =
                    type.second + ", " + transport
                    + (mechanism == QZap::Mechanism::Curve ? ", CURVE" : ", PLAIN");
                QTest::newRow(row.constData())
                    << type.first << QString::fromLatin1(transport) << mechanism;
            }
        }
    }
}

void tst_GuardDisconnections::disconnectsExactly()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const QZap::Mechanism, mechanism);

    start();
    const QString endpoint = serve(mechanism, type, endpointFor(transport));
    // A PAIR has one peer.
    const QStringList users = type == Type::pair ? QStringList{eve()} : QStringList{bob(), eve()};
    QMap<QString, QZapSession> sessions;
    std::vector<zmq::socket_t> clients;
    for (const QString &user : users) {
        clients.push_back(client(clientOf(type), endpoint, mechanism, user));
        if (!isXpub(type))
            QVERIFY(send(clients.back(), "hello"));
        const zmq::message_t message = waitForMessage();
        QVERIFY(m_guard->isAuthorized(message));
        QCOMPARE(m_guard->userId(message), user);
        sessions.insert(user, m_guard->session(message));
        if (type == Type::rep)
            QVERIFY(send(*m_socket, "reply"));
    }
    QTRY_COMPARE(m_guard->connectionCount(), users.size());
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revoke(eve());
    QVERIFY(!m_guard->isAuthorized(sessions.value(eve())));
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<QZapSession>(), sessions.value(eve()));
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), users.size() - 1);
    if (users.contains(bob())) {
        QVERIFY(m_guard->isAuthorized(sessions.value(bob())));
        QVERIFY(m_guard->disconnectPeer(sessions.value(bob())));
        QTRY_COMPARE(disconnected.size(), 2);
    }
}

void tst_GuardDisconnections::disconnectsSilentPeers_data()
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
void tst_GuardDisconnections::disconnectsSilentPeers()
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

void tst_GuardDisconnections::sparesSilentPeers_data()
{
    QTest::addColumn<QString>("change");
    for (const char *const change :
         {"a user is added", "another mechanism is narrowed", "another domain is narrowed",
          "addresses are allowed", "lockdown", "Keep"}) {
        QTest::newRow(change) << QString::fromLatin1(change);
    }
}

void tst_GuardDisconnections::sparesSilentPeers()
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
    // If the guard had ended the connection, its peer would be accepted again, before or after this
    // one.
    zmq::socket_t other =
        client(Type::sub, QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint)));
    QTRY_COMPARE(m_authenticator->acceptedCount(), before + 1);
    QVERIFY(QTest::qWaitFor(isServed));
    QCOMPARE(m_authenticator->acceptedCount(), before + 1);
}

void tst_GuardDisconnections::disconnectsOnRequest()
{
    start();
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    const QZapSession session = m_guard->session(waitForMessage());
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QVERIFY(m_guard->disconnectPeer(session));
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(revoked.size(), 0);
    QVERIFY(m_guard->isAuthorized(session));
    QVERIFY(!m_guard->disconnectPeer(session));
    QVERIFY(!m_guard->disconnectPeer({}));
}

void tst_GuardDisconnections::keepsARevokedPeerIfAsked()
{
    m_guard->setDisconnectRevokedPeers(false);
    start();
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    const zmq::message_t message = waitForMessage();
    const QZapSession session = m_guard->session(message);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    m_authenticator->revoke(bob());
    QTRY_COMPARE(revoked.size(), 1);
    m_guard->sweep();
    QVERIFY(send(socket, "again"));
    const zmq::message_t next = waitForMessage();
    QCOMPARE(m_guard->session(next), session);
    QVERIFY(!m_guard->isAuthorized(next));
}

void tst_GuardDisconnections::disconnectsWithoutDescriptors()
{
#ifdef Q_OS_LINUX
    start();
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    const DescriptorLimit limit(0);
    QVERIFY(!QFile(QStringLiteral("/dev/null")).open(QIODevice::ReadOnly));
    m_authenticator->revoke(bob());
    QTRY_COMPARE(disconnected.size(), 1);
#else
    QSKIP("connections can be ended on Linux only");
#endif
}

// A message is read after its peer has left and another one has got the number of its descriptor.
void tst_GuardDisconnections::sparesWhoGotADescriptorOfARevokedPeer()
{
    if (!QFile::exists(QStringLiteral("/proc/self/fd")))
        QSKIP("connections can be ended on Linux only");
    start();
    const QString endpoint = serve();
    const auto openDescriptors = [] {
        return QDir(QStringLiteral("/proc/self/fd"))
            .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
            .size();
    };
    // Waits until both ends of the connection are closed, and the socket's mailbox.
    const auto close = [&openDescriptors](zmq::socket_t *socket) {
        const qsizetype before = openDescriptors();
        socket->close();
        QTRY_VERIFY(openDescriptors() <= before - 3);
    };
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    int reused = 0;
    for (int i = 0; i < 20; ++i) {
        const qint64 accepted = m_authenticator->acceptedCount();
        zmq::socket_t evesSocket = client(Type::dealer, endpoint, QZap::Mechanism::Plain, eve());
        QVERIFY(send(evesSocket, "hello"));
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 1);
        QTRY_VERIFY(m_socket->get(zmq::sockopt::events) & ZMQ_POLLIN);
        close(&evesSocket);
        zmq::socket_t bobsSocket = client(Type::dealer, endpoint);
        QTRY_COMPARE(m_authenticator->acceptedCount(), accepted + 2);
        zmq::message_t evesMessage = waitForMessage();
        QCOMPARE(m_guard->userId(evesMessage), eve());
        QVERIFY(send(bobsSocket, "hello"));
        zmq::message_t bobsMessage = waitForMessage();
        const QZapSession bobsSession = m_guard->session(bobsMessage);
        QCOMPARE(bobsSession.userId(), bob());
        if (zmq_msg_get(evesMessage.handle(), ZMQ_SRCFD)
            == zmq_msg_get(bobsMessage.handle(), ZMQ_SRCFD)) {
            ++reused;
        }
        m_authenticator->revoke(eve());
        QVERIFY(!m_guard->isAuthorized(evesMessage));
        m_guard->sweep();
        QVERIFY(send(bobsSocket, "again"));
        QCOMPARE(m_guard->session(waitForMessage()), bobsSession);
        close(&bobsSocket);
    }
    QVERIFY(reused > 0);
}

void tst_GuardDisconnections::sweepsWithoutAnEventLoop()
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

void tst_GuardDisconnections::attachesAgainIfTheMonitorIsTaken()
{
    start();
    const QString endpoint = serve();
    zmq::socket_t socket = client(Type::dealer, endpoint);
    QVERIFY(send(socket, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    const SocketMonitor monitor(*m_socket, *m_context);
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY(errors.at(0).at(0).toString().contains(QLatin1String("another monitor")));
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    // Connections from before and after that can be ended.
    QCOMPARE(m_guard->connectionCount(), 1);
    zmq::socket_t other = client(Type::dealer, endpoint, QZap::Mechanism::Plain, eve());
    QVERIFY(send(other, "hello"));
    QVERIFY(m_guard->isAuthorized(waitForMessage()));
    QTRY_COMPARE(m_guard->connectionCount(), 2);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revokeAll();
    QTRY_COMPARE(disconnected.size(), 2);
}

void tst_GuardDisconnections::outlivesTheSocket()
{
    start();
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    const zmq::message_t message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(message));
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    m_socket.reset();
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY(!m_guard->canDisconnect());
    QVERIFY(m_guard->isAuthorized(message));
    m_authenticator->revokeAll();
    QVERIFY(!m_guard->isAuthorized(message));
    m_guard->sweep();
    m_guard->clearSocket();
    serve(); // another one
}

void tst_GuardDisconnections::survivesChurn_data()
{
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("transport");
    QTest::addColumn<bool>("workerThread");
    for (const bool workerThread : {false, true}) {
        for (const char *const transport : {"IPv4", "ipc"}) {
            const QByteArray name =
                QByteArray(", ") + transport + (workerThread ? ", private thread" : "");
            QTest::newRow(("ROUTER" + name).constData())
                << Type::router << QString::fromLatin1(transport) << workerThread;
            QTest::newRow(("XPUB" + name).constData())
                << Type::xpub << QString::fromLatin1(transport) << workerThread;
            QTest::newRow(("PULL" + name).constData())
                << Type::pull << QString::fromLatin1(transport) << workerThread;
        }
    }
}

// Peers come and go while one after the other is revoked. Each revoked session is out, and the
// peer that is never revoked keeps its connection.
void tst_GuardDisconnections::survivesChurn()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const bool, workerThread);
    constexpr int Count = 30;

    start(workerThread);
    const QString endpoint = serve(QZap::Mechanism::Plain, type, endpointFor(transport));
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    zmq::socket_t bobsSocket = client(clientOf(type), endpoint);
    if (!isXpub(type))
        QVERIFY(send(bobsSocket, "hello"));
    const QZapSession bobsSession = m_guard->session(waitForMessage());
    QCOMPARE(bobsSession.userId(), bob());
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    std::vector<zmq::socket_t> others;
    for (int i = 0; i < Count; ++i) {
        others.push_back(client(clientOf(type), endpoint, QZap::Mechanism::Plain, eve()));
        if (!isXpub(type))
            QVERIFY(send(others.back(), "hello"));
        QZapSession session;
        QTRY_VERIFY([&] { // others may have connected again
            std::optional<zmq::message_t> message = receive();
            if (message && m_guard->isAuthorized(*message))
                session = m_guard->session(*message);
            return session.userId() == eve();
        }());
        if (i % 3 == 0)
            others.pop_back(); // leaves before it is revoked, or meanwhile
        m_authenticator->revoke(eve());
        QVERIFY(!m_guard->isAuthorized(session));
        if (i % 5 == 0)
            others.clear();
    }
    QTRY_VERIFY(revoked.size() >= Count);
    for (const QList<QVariant> &arguments : std::as_const(revoked))
        QCOMPARE(arguments.at(0).value<QZapSession>().userId(), eve());
    for (const QList<QVariant> &arguments : std::as_const(disconnected))
        QCOMPARE(arguments.at(0).value<QZapSession>().userId(), eve());
    QVERIFY(m_guard->isAuthorized(bobsSession));
    others.clear();
    m_authenticator->revoke(bob());
    QTRY_COMPARE(disconnected.constLast().at(0).value<QZapSession>(), bobsSession);
}

QTEST_GUILESS_MAIN(tst_GuardDisconnections)
#include "tst_guarddisconnections.moc"
