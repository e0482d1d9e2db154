// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qset.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <deque>

using Type = zmq::socket_type;

namespace {

// The environment variable QZAP_REVOCATIONS sets another number, for a longer run.
int revocations()
{
    const int count = qEnvironmentVariableIntValue("QZAP_REVOCATIONS");
    return count > 0 ? count : 4;
}

} // namespace

// Revocations while peers come and go, for each type of socket, transport and thread mode.
class tst_GuardChurn : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void endsEachRevokedSession_data();
    void endsEachRevokedSession();
    void keepsRevokedSubscribersOut_data();
    void keepsRevokedSubscribersOut();
    void endsPeersThatReconnectQuickly();

private:
    static void addSockets(const QList<std::pair<Type, QByteArray>> &types);
    static QString user(int i) { return QStringLiteral("user-%1").arg(i); }
    static QString passerBy() { return QStringLiteral("passer-by"); }
    // Lets in bob, those who come and go, and the next users from this number on: all who connect
    // soon. A change that lets in a thousand users would take longer than all of the rest.
    void admitUsers(int first);
    // The users of the sessions that a signal has reported. A user has several if a connection
    // ended that counted as silent, and whose messages were read later.
    static QSet<QString> usersOf(const QSignalSpy &spy);
    // Reads all messages, and returns whether the session of a user is among them.
    bool receiveFrom(const QString &user, QZapSession *session);

    QSet<QString> m_out; // users who were removed, of whom no message is authorized
};

void tst_GuardChurn::init()
{
    GuardTest::init();
    m_reconnectInterval = 1;
    m_guard->setSilentSweepInterval(0);
}

void tst_GuardChurn::cleanup()
{
    m_out.clear();
    GuardTest::cleanup();
}

void tst_GuardChurn::addSockets(const QList<std::pair<Type, QByteArray>> &types)
{
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("transport");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<int>("ioThreads");
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
    for (const auto &[type, name] : types) {
        for (const char *const transport : {"IPv4", "IPv6", "ipc"}) {
            const QString transportName = QString::fromLatin1(transport);
            QTest::addRow("%s, %s", name.constData(), transport)
                << type << transportName << false << 1;
            QTest::addRow("%s, %s, private thread", name.constData(), transport)
                << type << transportName << true << 1;
            QTest::addRow("%s, %s, private thread, several threads of libzmq", name.constData(),
                          transport)
                << type << transportName << true << 4;
        }
    }
}

void tst_GuardChurn::admitUsers(int first)
{
    constexpr int Soon = 3;
    QVariantMap passwords{{bob(), QStringLiteral("secret")},
                          {passerBy(), QStringLiteral("secret")}};
    for (int i = first; i < first + Soon; ++i)
        passwords.insert(user(i), QStringLiteral("secret"));
    QVERIFY(m_authenticator->configurePlain(test(), passwords));
}

QSet<QString> tst_GuardChurn::usersOf(const QSignalSpy &spy)
{
    QSet<QString> users;
    for (const QList<QVariant> &arguments : spy)
        users.insert(arguments.at(0).value<QZapSession>().userId());
    return users;
}

bool tst_GuardChurn::receiveFrom(const QString &user, QZapSession *session)
{
    while (std::optional<zmq::message_t> message = receive()) {
        const QZapSession sender = m_guard->session(*message);
        const bool isAuthorized = m_guard->isAuthorized(*message);
        if (isAuthorized && m_out.contains(sender.userId()))
            qFatal("%ls is authorized, and was removed", qUtf16Printable(sender.userId()));
        if (isAuthorized && sender.userId() == user)
            *session = sender;
        if (Type(m_socket->get(zmq::sockopt::type)) == Type::rep)
            (void)send(*m_socket, "reply");
    }
    return !session->isNull();
}

void tst_GuardChurn::endsEachRevokedSession_data()
{
    addSockets({{Type::router, "ROUTER"},
                {Type::pull, "PULL"},
                {Type::rep, "REP"},
                {Type::pair, "PAIR"},
                {Type::xpub, "XPUB"}});
}

// Of three users who connect, one is removed while connected, one leaves at the same time, and the
// next one arrives meanwhile. Whoever is removed is disconnected and refused when it returns, and
// of the others, only connections that have not sent anything may end: bob's lasts until the end. A
// session whose connection is not certain, since its descriptor was reused in the meantime, counts
// as silent.
void tst_GuardChurn::endsEachRevokedSession()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const bool, workerThread);
    QFETCH(const int, ioThreads);
    const int count = revocations();
    const bool isAlone = type == Type::pair; // a PAIR has one peer

    m_context->set(zmq::ctxopt::io_threads, ioThreads);
    admitUsers(0);
    start(workerThread);
    const QString endpoint = serve(QZap::Mechanism::Plain, type, endpointFor(transport));
    const auto connectUser = [&](const QString &name) {
        zmq::socket_t socket = client(clientOf(type), endpoint, QZap::Mechanism::Plain, name);
        if (type == Type::rep)
            socket.set(zmq::sockopt::req_relaxed, true); // to send again
        return socket;
    };
    // A message is lost if the connection ends before it is read, and a subscriber subscribes again
    // when its socket is used.
    const auto isHeard = [&](zmq::socket_t &peer, const QString &name, QZapSession *session) {
        zmq::message_t message;
        if (type == Type::xpub)
            (void)peer.recv(message, zmq::recv_flags::dontwait);
        else
            (void)send(peer, "hello");
        return receiveFrom(name, session);
    };
    QZapSession bobsSession;
    if (!isAlone) {
        m_bob = connectUser(bob());
        QVERIFY(waitUntil([&] { return isHeard(*m_bob, bob(), &bobsSession); }));
    }
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    std::deque<zmq::socket_t> others;
    for (int i = 0; i < count; ++i) {
        const qint64 rejected = m_authenticator->rejectedCount();
        zmq::socket_t peer = connectUser(user(i));
        QZapSession session;
        QVERIFY(waitUntil([&] { return isHeard(peer, user(i), &session); }));
        if (!isAlone) {
            others.push_back(connectUser(passerBy())); // is still connecting then
            if (type != Type::xpub)
                (void)send(others.back(), "hello");
            if (others.size() > 3)
                others.pop_front();
        }
        m_out.insert(user(i));
        admitUsers(i + 1);
        QVERIFY(!m_guard->isAuthorized(session));
        // Its return is refused; twice if its connection ends before it has read that.
        QVERIFY(waitUntil([&] { return m_authenticator->rejectedCount() > rejected; }));
        QZapSession none;
        QVERIFY(!receiveFrom(user(i), &none));
    }
    QTRY_COMPARE(usersOf(revoked).size(), count);
    QVERIFY(usersOf(revoked).subtract(m_out).isEmpty());
    if (isAlone)
        return;
    QVERIFY(m_guard->isAuthorized(bobsSession));
    for (const QList<QVariant> &arguments : std::as_const(disconnected))
        QVERIFY(arguments.at(0).value<QZapSession>() != bobsSession);
    QVERIFY(m_guard->disconnectPeer(bobsSession));
}

void tst_GuardChurn::keepsRevokedSubscribersOut_data()
{
    addSockets({{Type::pub, "PUB"}, {Type::push, "PUSH"}});
}

// Peers that send nothing: who is removed gets nothing any more, and bob is served again.
void tst_GuardChurn::keepsRevokedSubscribersOut()
{
    QFETCH(const Type, type);
    QFETCH(const QString, transport);
    QFETCH(const bool, workerThread);
    QFETCH(const int, ioThreads);
    const int count = revocations();

    m_context->set(zmq::ctxopt::io_threads, ioThreads);
    admitUsers(0);
    start(workerThread);
    const QString endpoint = serve(QZap::Mechanism::Plain, type, endpointFor(transport));
    const auto isServed = [this](zmq::socket_t &socket) {
        (void)send(*m_socket, "news");
        zmq::message_t message;
        return socket.recv(message, zmq::recv_flags::dontwait).has_value();
    };
    m_bob = client(clientOf(type), endpoint);
    std::vector<zmq::socket_t> removed;
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    for (int i = 0; i < count; ++i) {
        const auto isRefused = [&, name = user(i)] {
            return std::any_of(rejected.cbegin(), rejected.cend(), [&](const auto &arguments) {
                return arguments.at(0).toString() == name;
            });
        };
        removed.push_back(client(clientOf(type), endpoint, QZap::Mechanism::Plain, user(i)));
        QVERIFY(waitUntil([&] { return isServed(removed.back()); }));
        admitUsers(i + 1);
        QVERIFY(waitUntil(isRefused)); // another user may be refused again
        rejected.clear();
        for (zmq::message_t message; removed.back().recv(message, zmq::recv_flags::dontwait);)
            continue; // what was sent before
        QVERIFY(waitUntil([&] { return isServed(*m_bob); }));
        for (zmq::socket_t &socket : removed)
            QVERIFY(!isServed(socket));
        if (removed.size() > 20)
            removed.erase(removed.begin());
    }
}

// Each revocation ends the sessions that were accepted before it, and no others.
void tst_GuardChurn::endsPeersThatReconnectQuickly()
{
    const int count = 5 * revocations();
    configure({bob(), eve()});
    start(true);
    const QString endpoint = serve();
    zmq::socket_t bobsSocket = client(Type::dealer, endpoint);
    QVERIFY(send(bobsSocket, "hello"));
    const QZapSession bobsSession = m_guard->session(waitForMessage());
    zmq::socket_t evesSocket = client(Type::dealer, endpoint, QZap::Mechanism::Plain, eve());
    evesSocket.set(zmq::sockopt::reconnect_ivl, 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    quint64 last = 0;
    for (int i = 0; i < count; ++i) {
        QZapSession session;
        QVERIFY(waitUntil([&] {
            (void)send(evesSocket, "hello");
            return receiveFrom(eve(), &session);
        }));
        QVERIFY(session.number() > last);
        last = session.number();
        m_authenticator->revoke(eve());
        QVERIFY(!m_guard->isAuthorized(session));
    }
    QTRY_COMPARE(revoked.size(), count);
    QVERIFY(m_guard->isAuthorized(bobsSession));
    QVERIFY(!m_guard->canDisconnect() || m_guard->disconnectPeer(bobsSession));
}

QTEST_GUILESS_MAIN(tst_GuardChurn)
#include "tst_guardchurn.moc"
