// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

// Guards that are used in several threads, and that outlive others.
class tst_GuardThreads : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void answersInAnyThread();
    void outlivesTheAuthenticator();
    void outlivesItsThread();
};

void tst_GuardThreads::answersInAnyThread()
{
    configure({QStringLiteral("bob")});
    start(true);
    zmq::socket_t bob = client(zmq::socket_type::dealer, serve());
    QVERIFY(send(bob, "hello"));
    const zmq::message_t message = waitForMessage();
    bool isAuthorized = false;
    QZapSession session;
    std::unique_ptr<QThread> thread(QThread::create([&] {
        isAuthorized = m_guard->isAuthorized(message);
        session = m_guard->session(message);
        for (int i = 0; i < 10000; ++i)
            (void)m_guard->isAuthorized(session);
    }));
    thread->start();
    while (!thread->isFinished())
        m_authenticator->setLockdown(!m_authenticator->isLockdown());
    QVERIFY(thread->wait());
    QVERIFY(isAuthorized);
    QCOMPARE(session.userId(), QStringLiteral("bob"));
    // It is cut although its messages are only seen there.
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    m_authenticator->revoke(QStringLiteral("bob"));
    QVERIFY(!m_guard->isAuthorized(session));
    QTRY_COMPARE(disconnected.size(), 1);
}

void tst_GuardThreads::outlivesTheAuthenticator()
{
    connectBob(QZap::Mechanism::Plain, false);
    QTRY_COMPARE(m_guard->connectionCount(), 1);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy changed(m_guard.get(), &QZapGuard::authenticatorChanged);
    m_authenticator.reset();
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(!m_guard->authenticator());
    // Nobody is disconnected.
    m_guard->sweep();
    QVERIFY(send(*m_bob, "again"));
    QVERIFY(!m_guard->isAuthorized(waitForMessage()));
    QCOMPARE(revoked.size(), 0);
    QCOMPARE(m_guard->connectionCount(), 1);
}

// The guard and its socket are used in a thread that has ended when a session ends.
void tst_GuardThreads::outlivesItsThread()
{
    configure({bob()});
    start(true);
    m_guard.reset();
    const std::unique_ptr<QThread> thread(QThread::create([this] {
        m_guard = std::make_unique<QZapGuard>(m_authenticator.get());
        m_bob = client(zmq::socket_type::dealer, serve());
        (void)send(*m_bob, "hello");
        do
            (void)m_socket->recv(m_message); // blocks
        while (m_message.more());
        (void)m_guard->isAuthorized(m_message);
        m_guard->moveToThread(nullptr);
    }));
    thread->start();
    QVERIFY(thread->wait());
    QVERIFY(m_guard->isAuthorized(m_message));
    m_authenticator->revokeAll();
    QVERIFY(!m_guard->isAuthorized(m_message));
    m_guard->moveToThread(QThread::currentThread());
    m_guard->sweep();
    QTRY_COMPARE(m_guard->revokedCount(), 1);
}

QTEST_GUILESS_MAIN(tst_GuardThreads)
#include "tst_guardthreads.moc"
