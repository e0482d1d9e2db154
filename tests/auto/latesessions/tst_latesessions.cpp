// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

namespace {

// Counts the calls that were posted to an object when they are delivered.
class EventCounter : public QObject
{
public:
    explicit EventCounter(QObject *object) { object->installEventFilter(this); }
    int count() const { return m_count; }
    bool eventFilter(QObject * /*object*/, QEvent *event) override
    {
        m_count += event->type() == QEvent::MetaCall ? 1 : 0;
        return false;
    }

private:
    int m_count = 0;
};

} // namespace

// Sessions that end before the guard's thread knows their connection.
class tst_LateSessions : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup()
    {
        m_clients.clear();
        GuardTest::cleanup();
    }
    void areDisconnectedOnceTheirConnectionIsKnown();
    void areNotDisconnectedIfRevokedPeersAreKept();
    void areDisconnectedWithoutAnEventLoop_data();
    void areDisconnectedWithoutAnEventLoop();
    void needNoMemoryWithoutAnEventLoop();
    void areForgottenWithAnotherAuthenticator();

private:
    // Revokes alice, whose connection the guard knows, and bob, whose message another thread shows
    // to the guard when the guard is about to disconnect alice.
    void revokeBoth();

    // Receives the last frame of the next message, without an event loop.
    zmq::message_t receiveBlocking();
    static void runInThread(const std::function<void()> &function)
    {
        const std::unique_ptr<QThread> thread(QThread::create(function));
        thread->start();
        QVERIFY(thread->wait());
    }

    std::vector<zmq::socket_t> m_clients;
};

zmq::message_t tst_LateSessions::receiveBlocking()
{
    zmq::message_t message;
    do {
        if (!m_socket->recv(message))
            qFatal("no message has arrived");
    } while (message.more());
    return message;
}

void tst_LateSessions::revokeBoth()
{
    configure({QStringLiteral("alice"), QStringLiteral("bob")});
    start();
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    const QString endpoint = serve();
    std::vector<zmq::message_t> messages;
    for (const char *const user : {"alice", "bob"}) {
        m_clients.push_back(client(zmq::socket_type::dealer, endpoint, QZap::Mechanism::Plain,
                                   QLatin1String(user)));
        QVERIFY(send(m_clients.back(), "hello"));
        messages.push_back(waitForMessage());
    }
    QVERIFY(m_guard->isAuthorized(messages.front()));
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    m_authenticator->revokeAll();
    QVERIFY(!m_guard->isAuthorized(messages.front()));
    const std::unique_ptr<QThread> thread(
        QThread::create([&] { (void)m_guard->isAuthorized(messages.back()); }));
    thread->start();
    QVERIFY(thread->wait());
}

void tst_LateSessions::areDisconnectedOnceTheirConnectionIsKnown()
{
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    revokeBoth();
    QTRY_COMPARE(revoked.size(), 2);
    if (!m_guard->canDisconnect())
        QSKIP("connections cannot be ended");
    QTRY_COMPARE(disconnected.size(), 2);
}

void tst_LateSessions::areNotDisconnectedIfRevokedPeersAreKept()
{
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    m_guard->setDisconnectRevokedPeers(false);
    revokeBoth();
    QTRY_COMPARE(revoked.size(), 2);
    QTRY_COMPARE(m_guard->connectionCount(), 2);
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), 2);
    QCOMPARE(disconnected.size(), 0);
}

void tst_LateSessions::areDisconnectedWithoutAnEventLoop_data()
{
    QTest::addColumn<bool>("isRevokedFirst");
    QTest::newRow("seen, then revoked") << false;
    QTest::newRow("revoked, then seen") << true;
}

// The guard's thread calls sweep(), and another one asks about the messages.
void tst_LateSessions::areDisconnectedWithoutAnEventLoop()
{
    QFETCH(const bool, isRevokedFirst);

    configure({bob()});
    start(true);
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    zmq::socket_t peer = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = receiveBlocking();
    if (isRevokedFirst)
        m_authenticator->revokeAll();
    const auto ask = [&] { (void)m_guard->isAuthorized(message); };
    runInThread(ask);
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), 1);
    m_authenticator->revokeAll();
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QDeadlineTimer deadline(5000);
    while (m_guard->canDisconnect() && disconnected.isEmpty() && !deadline.hasExpired())
        m_guard->sweep();
    QCOMPARE(disconnected.size(), m_guard->canDisconnect() ? 1 : 0);
}

// Events that nobody handles must not pile up.
void tst_LateSessions::needNoMemoryWithoutAnEventLoop()
{
    configure({bob()});
    start(true);
    zmq::socket_t peer = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = receiveBlocking();
    EventCounter counter(m_guard.get());
    for (int i = 0; i < 100; ++i) {
        m_authenticator->revokeAll();
        const auto ask = [&] { (void)m_guard->isAuthorized(message); };
        runInThread(ask);
        m_guard->sweep();
    }
    QCoreApplication::sendPostedEvents(m_guard.get());
    QVERIFY2(counter.count() < 10, qPrintable(QString::number(counter.count())));
}

// The numbers of sessions are those of an authenticator.
void tst_LateSessions::areForgottenWithAnotherAuthenticator()
{
    configure({bob()});
    start(true);
    zmq::socket_t peer = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(peer, "hello"));
    const zmq::message_t message = receiveBlocking();
    const auto ask = [&] { (void)m_guard->isAuthorized(message); };
    runInThread(ask);
    QZapAuthenticator other;
    m_guard->setSilentPeerPolicy(QZapGuard::SilentPeerPolicy::Keep);
    m_guard->setAuthenticator(&other);
    QCoreApplication::sendPostedEvents(m_guard.get());
    m_guard->sweep();
    QCOMPARE(m_guard->connectionCount(), 0);
    m_guard->setAuthenticator(nullptr);
}

QTEST_GUILESS_MAIN(tst_LateSessions)
#include "tst_latesessions.moc"
