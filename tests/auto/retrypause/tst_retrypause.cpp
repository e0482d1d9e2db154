// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/retrypause.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_RetryPause : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void doublesToAMinute();
    void anEarlyFailureChangesNothing();
    void resets();
};

void tst_RetryPause::doublesToAMinute()
{
    RetryPause pause;
    QVERIFY(!pause.isActive());
    QVERIFY(!pause.isDue(1'000'000'000'000));
    qint64 now = 1000;
    const QList<qint64> milliseconds = {250,  500,   1000,  2000,  4000,
                                        8000, 16000, 32000, 60000, 60000};
    for (const qint64 expected : milliseconds) {
        pause.fail(now);
        QVERIFY(!pause.isDue(now + expected * 1'000'000 - 1));
        now += expected * 1'000'000;
        QVERIFY(pause.isDue(now));
        QCOMPARE(pause.due(), std::optional<qint64>(now));
    }
}

void tst_RetryPause::anEarlyFailureChangesNothing()
{
    RetryPause pause;
    pause.fail(0);
    for (qint64 now = 0; now < RetryPause::Shortest; now += 10'000'000)
        pause.fail(now);
    QCOMPARE(pause.due(), std::optional<qint64>(RetryPause::Shortest));
}

void tst_RetryPause::resets()
{
    RetryPause pause;
    pause.fail(0);
    pause.fail(RetryPause::Shortest);
    pause.reset();
    QVERIFY(!pause.isActive());
    QVERIFY(!pause.due());
    pause.fail(0);
    QCOMPARE(pause.due(), std::optional<qint64>(RetryPause::Shortest));
}

QTEST_GUILESS_MAIN(tst_RetryPause)
#include "tst_retrypause.moc"
