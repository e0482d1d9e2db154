// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/batchbudget.h"

#include <QtTest/qtest.h>

#include <chrono>

using namespace QZap::Internal;
using namespace std::chrono_literals;

class tst_Pace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isLimited_data();
    void isLimited();
    void learnsSlowly();
    void recoversFromAPause();
    void ignoresNothing();
};

void tst_Pace::isLimited_data()
{
    QTest::addColumn<int>("microseconds"); // for ten
    QTest::addColumn<int>("limit");
    QTest::newRow("no time at all") << 0 << 50;
    QTest::newRow("faster than the maximum") << 10 << 50;
    QTest::newRow("as fast as it takes") << 40 << 25;
    QTest::newRow("a few at once") << 250 << 4;
    QTest::newRow("as slow as one may be") << 1000 << 1;
    QTest::newRow("slower") << 1000000 << 1;
}

void tst_Pace::isLimited()
{
    QFETCH(const int, microseconds);
    QFETCH(const int, limit);
    Pace pace(100us, 50);
    for (int i = 0; i < 200; ++i)
        pace.add(10, std::chrono::microseconds(microseconds));
    QCOMPARE(pace.limit(), limit);
}

// One batch that was late by chance does not make the next ones small.
void tst_Pace::learnsSlowly()
{
    Pace pace(100us, 100);
    for (int i = 0; i < 200; ++i)
        pace.add(10, 20us);
    QCOMPARE(pace.limit(), 50);
    pace.add(10, 60us);
    QCOMPARE(pace.limit(), 33);
}

// Somebody else's code may have run an event loop for an hour.
void tst_Pace::recoversFromAPause()
{
    Pace pace(100us, 100);
    pace.add(1, 1h);
    int batches = 0;
    for (; pace.limit() < 25; ++batches)
        pace.add(1, 2us);
    QVERIFY2(batches <= 10, qPrintable(QString::number(batches)));
}

void tst_Pace::ignoresNothing()
{
    Pace pace(100us, 100);
    const int before = pace.limit();
    pace.add(0, 1h);
    QCOMPARE(pace.limit(), before);
}

QTEST_GUILESS_MAIN(tst_Pace)
#include "tst_pace.moc"
