// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "dashboardtest.h"
#include "pendingdecisions.h"

#include <QtTest/qsignalspy.h>

// Tests what an operator does with the peers who are connected, and with guests who wait.
class tst_DashboardPeers : public DashboardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(QZap::setDefaultContext(m_context)); }
    void init();
    void cleanup() { closeWindow(); }

    void showsWhoIsConnected();
    void aPeerIsDisconnectedByAClick();
    void aRevokedKeyDisconnectsItsPeer();
    void aGuestIsApproved();
    void aGuestIsRefused();
    void shortcutsApplyToTheGuestWhoIsShown();
    void approvesNobodyInLockdown();
};

void tst_DashboardPeers::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    openWindow();
}

void tst_DashboardPeers::showsWhoIsConnected()
{
    DemoPeer peer(keyHolder());
    QCOMPARE(
        m_backend->keys()->addKey(QStringLiteral("pump-4"), peer.certificate().publicKeyText()),
        QString());
    press(Qt::Key_5);
    QVERIFY(!find(QStringLiteral("decisions"))->isVisible());
    QVERIFY(!showing(QStringLiteral("Nobody is connected")).isEmpty());
    QVERIFY(comesInTheEnd(peer, m_backend->server()->keysEndpoint(), State::In));
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 1);
    QTRY_VERIFY(!showing(QStringLiteral("pump-4")).isEmpty());
    QTRY_VERIFY(!showing(QStringLiteral("telemetry · CURVE · 127.0.0.1 · since ")).isEmpty());
    click(QStringLiteral("showDecisions"));
    QVERIFY(find(QStringLiteral("decisions"))->isVisible());
    click(QStringLiteral("showLive"));
    QVERIFY(!find(QStringLiteral("decisions"))->isVisible());
    peer.leave();
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 0);
    QTRY_VERIFY(!showing(QStringLiteral("Nobody is connected")).isEmpty());
}

// The peer connects again by itself, since its key is still known.
void tst_DashboardPeers::aPeerIsDisconnectedByAClick()
{
    DemoPeer peer(keyHolder());
    DemoPeer other(keyHolder());
    QVERIFY(isLetIn(peer, QStringLiteral("one")));
    QVERIFY(isLetIn(other, QStringLiteral("two")));
    press(Qt::Key_5);
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 2);
    if (!m_backend->server()->connections()->canDisconnect())
        QSKIP("connections cannot be ended");
    QSignalSpy states(&peer, &DemoPeer::stateChanged);
    QSignalSpy otherStates(&other, &DemoPeer::stateChanged);
    const int before = decisions();
    click(QStringLiteral("disconnect-one"));
    QTRY_COMPARE(states.size(), 2); // disconnected, and back
    QCOMPARE(peer.state(), State::In);
    QTRY_COMPARE(decisions(), before + 1);
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 2);
    QCOMPARE(otherStates.size(), 0);
}

void tst_DashboardPeers::aRevokedKeyDisconnectsItsPeer()
{
    DemoPeer peer(keyHolder());
    DemoPeer other(keyHolder());
    QVERIFY(isLetIn(peer, QStringLiteral("one")));
    QVERIFY(isLetIn(other, QStringLiteral("two")));
    press(Qt::Key_5);
    press(Qt::Key_2);
    QTRY_VERIFY(find(QStringLiteral("disconnect-one")));
    QTRY_VERIFY(find(QStringLiteral("disconnect-two")));
    click(QStringLiteral("revoke-one"));
    if (m_backend->server()->connections()->canDisconnect())
        QTRY_COMPARE(peer.state(), State::Refused); // disconnected, and refused when it came back
    QTRY_COMPARE(m_backend->server()->connections()->connectedCount(), 1);
    QTRY_VERIFY(!find(QStringLiteral("disconnect-one")));
    QVERIFY(find(QStringLiteral("disconnect-two"))->isVisible());
    QCOMPARE(other.state(), State::In);
}

void tst_DashboardPeers::aGuestIsApproved()
{
    DemoPeer guest(keyHolder());
    guest.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    click(QStringLiteral("approve-0"));
    QTRY_COMPARE(guest.state(), State::In);
    QTRY_VERIFY(!find(QStringLiteral("approve-0")));
    QTRY_COMPARE(decisions(), 1);
    QTRY_VERIFY(!showing(QStringLiteral("guest-") + guest.certificate().publicKeyText()).isEmpty());
}

void tst_DashboardPeers::aGuestIsRefused()
{
    DemoPeer guest(keyHolder());
    guest.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_VERIFY(find(QStringLiteral("waiting"))->property("shown").toInt() > 0);
    press(Qt::Key_Backspace);
    QTRY_COMPARE(guest.state(), State::Refused);
}

// When the first guest's time is over, another one takes its place, maybe just before a key is
// pressed.
void tst_DashboardPeers::shortcutsApplyToTheGuestWhoIsShown()
{
    QQuickItem *const panel = find(QStringLiteral("waiting"));
    const auto shown = [panel] { return panel->property("shown").toInt(); };
    auto *const waiting = panel->property("pending").value<PendingDecisions *>();
    DemoPeer first(keyHolder());
    first.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_COMPARE(shown(), 1);
    DemoPeer second(keyHolder());
    second.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QTRY_COMPARE(waiting->count(), 2);
    QVERIFY(waiting->refuse(1, QStringLiteral("Too late")));
    press(Qt::Key_Return);
    QCOMPARE(waiting->count(), 1);
    QCOMPARE(waiting->first(), 2);
    QTRY_COMPARE(shown(), 2);
    press(Qt::Key_Return);
    QTRY_COMPARE(second.state(), State::In);
    QCOMPARE(waiting->count(), 0);
}

// In spite of the approval, the guests would get a temporary answer.
void tst_DashboardPeers::approvesNobodyInLockdown()
{
    DemoPeer guest(keyHolder());
    guest.comeTo(m_backend->server()->guestsEndpoint(), publicKey());
    QQuickItem *const panel = find(QStringLiteral("waiting"));
    auto *const waiting = panel->property("pending").value<PendingDecisions *>();
    QTRY_VERIFY(panel->property("shown").toInt() > 0);
    QTRY_VERIFY(find(QStringLiteral("approve-0")));
    QVERIFY(find(QStringLiteral("approve-0"))->isEnabled());
    press(Qt::Key_L);
    QVERIFY(!find(QStringLiteral("approve-0"))->isEnabled());
    QVERIFY(!showing(QStringLiteral("nobody can be approved")).isEmpty());
    click(QStringLiteral("approve-0"));
    press(Qt::Key_Return);
    QCOMPARE(waiting->count(), 1);
    press(Qt::Key_L);
    QVERIFY(find(QStringLiteral("approve-0"))->isEnabled());
    press(Qt::Key_Return);
    QTRY_COMPARE(guest.state(), State::In);
}

QTEST_MAIN(tst_DashboardPeers)
#include "tst_dashboardpeers.moc"
