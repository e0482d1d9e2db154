// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"
#include "socketmonitor.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Type = zmq::socket_type;

// The monitor of a guarded socket, if others use it, and if the socket is closed.
class tst_GuardMonitor : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void attachesAgainIfTheMonitorIsTaken();
    void outlivesTheSocket();
};

void tst_GuardMonitor::init()
{
    GuardTest::init();
    configure({bob(), eve()});
    m_guard->setSilentSweepInterval(0);
}

void tst_GuardMonitor::attachesAgainIfTheMonitorIsTaken()
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

void tst_GuardMonitor::outlivesTheSocket()
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

QTEST_GUILESS_MAIN(tst_GuardMonitor)
#include "tst_guardmonitor.moc"
