// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

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

private:
    // Revokes alice, whose connection the guard knows, and bob, whose message another thread shows
    // to the guard when the guard is about to disconnect alice.
    void revokeBoth();

    std::vector<zmq::socket_t> m_clients;
};

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

QTEST_GUILESS_MAIN(tst_LateSessions)
#include "tst_latesessions.moc"
