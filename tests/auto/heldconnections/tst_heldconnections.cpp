// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/heldconnections.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_HeldConnections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsUpToTheMaximum();
    void forgetsAfterTheHoldTime();
    void holdsNoneAtZero();
};

void tst_HeldConnections::holdsUpToTheMaximum()
{
    HeldConnections held;
    for (int i = 0; i < 3; ++i)
        QVERIFY(held.hold(i, 3));
    QVERIFY(!held.hold(4, 3));
    QVERIFY(held.hold(4, 4));
    QVERIFY(!held.hold(5, 2)); // the maximum was lowered
}

void tst_HeldConnections::forgetsAfterTheHoldTime()
{
    HeldConnections held;
    QVERIFY(held.hold(1000, 1));
    QVERIFY(!held.hold(1000 + HeldConnections::HoldTime - 1, 1));
    QVERIFY(held.hold(1000 + HeldConnections::HoldTime, 1));
    QVERIFY(!held.hold(1000 + HeldConnections::HoldTime, 1));
}

void tst_HeldConnections::holdsNoneAtZero()
{
    HeldConnections held;
    QVERIFY(!held.hold(0, 0));
}

QTEST_GUILESS_MAIN(tst_HeldConnections)
#include "tst_heldconnections.moc"
