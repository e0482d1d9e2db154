// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_UNIX
#    include "descriptorlimit.h"
#endif
#ifdef HAVE_REFUSED_SHUTDOWNS
#    include "refusedshutdowns.h"
#endif

using Type = zmq::socket_type;

// Exactly the connections of revoked peers are ended, for each type of socket and transport.
class tst_ExactCut : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void knowsWhatItCanDisconnect_data();
    void knowsWhatItCanDisconnect();
    void disconnectsExactly_data();
    void disconnectsExactly();
    void disconnectsOnRequest();
    void keepsARevokedPeerIfAsked();
    void disconnectsWithoutDescriptors();
    void triesAgain_data();
    void triesAgain();
    void givesUp();
    void sparesWhoGotADescriptorOfARevokedPeer();
};

void tst_ExactCut::init()
{
    GuardTest::init();
    configure({bob(), eve()});
    m_guard->setSilentSweepInterval(0);
}

void tst_ExactCut::knowsWhatItCanDisconnect_data()
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

void tst_ExactCut::knowsWhatItCanDisconnect()
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

void tst_ExactCut::disconnectsExactly_data()
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

void tst_ExactCut::disconnectsExactly()
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
        if (type != Type::xpub)
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

void tst_ExactCut::disconnectsOnRequest()
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

void tst_ExactCut::keepsARevokedPeerIfAsked()
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

void tst_ExactCut::disconnectsWithoutDescriptors()
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

void tst_ExactCut::triesAgain_data()
{
    QTest::addColumn<bool>("isSilent");
    QTest::addColumn<bool>("isSwept");
    QTest::newRow("later") << false << false;
    QTest::newRow("sweep()") << false << true;
    QTest::newRow("silent, later") << true << false;
    QTest::newRow("silent, sweep()") << true << true;
}

// The system refuses to end the connection, twice.
void tst_ExactCut::triesAgain()
{
    QFETCH(const bool, isSilent);
    QFETCH(const bool, isSwept);

#ifdef HAVE_REFUSED_SHUTDOWNS
    start();
    zmq::socket_t socket =
        client(isSilent ? Type::pull : Type::dealer,
               serve(QZap::Mechanism::Plain, isSilent ? Type::push : Type::router));
    QTRY_COMPARE(m_authenticator->acceptedCount(), 1);
    if (isSilent) {
        QTRY_VERIFY(send(*m_socket, "hello"));
    } else {
        QVERIFY(send(socket, "hello"));
        QVERIFY(m_guard->isAuthorized(waitForMessage()));
    }
    m_guard->sweep();
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    const RefusedShutdowns refused(2);
    QVERIFY(m_authenticator->configurePlain(test(), {{eve(), QStringLiteral("secret")}}));
    if (isSwept) {
        while (refused.count() < 2)
            m_guard->sweep();
        m_guard->sweep();
    }
    QTRY_COMPARE(m_authenticator->rejectedCount(), 1); // the peer connects again
    QCOMPARE(refused.count(), 2);
    QCOMPARE(m_guard->silentDisconnectionCount(), isSilent ? 1 : 0);
    QCOMPARE(errors.size(), 0);
#else
    Q_UNUSED(isSilent);
    Q_UNUSED(isSwept);
    QSKIP("shutdown() cannot be replaced");
#endif
}

void tst_ExactCut::givesUp()
{
#ifdef HAVE_REFUSED_SHUTDOWNS
    start();
    zmq::socket_t socket = client(Type::dealer, serve());
    QVERIFY(send(socket, "hello"));
    const QZapSession session = m_guard->session(waitForMessage());
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy errors(m_guard.get(), &QZapGuard::errorOccurred);
    const RefusedShutdowns refused(1000);
    m_authenticator->revoke(bob());
    for (int i = 0; i < 100; ++i)
        m_guard->sweep();
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY2(errors.at(0).at(0).toString().contains(QStringLiteral("refused to end a connection")),
             qPrintable(errors.at(0).at(0).toString()));
    QCOMPARE(refused.count(), 10);
    QVERIFY(!m_guard->isAuthorized(session));
    QCOMPARE(m_guard->connectionCount(), 1);
#else
    QSKIP("shutdown() cannot be replaced");
#endif
}

// A message is read after its peer has left and another one has got the number of its descriptor.
void tst_ExactCut::sparesWhoGotADescriptorOfARevokedPeer()
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

QTEST_GUILESS_MAIN(tst_ExactCut)
#include "tst_exactcut.moc"
