// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/batchbudget.h"

#include <QtTest/qtest.h>

#include <chrono>

using namespace QZap::Internal;
using namespace std::chrono_literals;

class tst_BatchBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isLimited_data();
    void isLimited();
    void ignoresASingleSlowBatch();
    void recoversFromAPause();
    void ignoresEmptyBatches();
};

void tst_BatchBudget::isLimited_data()
{
    QTest::addColumn<int>("microseconds"); // for ten messages
    QTest::addColumn<int>("limit");
    QTest::newRow("no time at all") << 0 << 50;
    QTest::newRow("faster than the maximum") << 10 << 50;
    QTest::newRow("as fast as it takes") << 40 << 25;
    QTest::newRow("a few at once") << 250 << 4;
    QTest::newRow("as slow as one may be") << 1000 << 1;
    QTest::newRow("slower") << 1000000 << 1;
}

void tst_BatchBudget::isLimited()
{
    QFETCH(const int, microseconds);
    QFETCH(const int, limit);
    BatchBudget budget(100us, 50);
    for (int i = 0; i < 200; ++i)
        budget.add(10, std::chrono::microseconds(microseconds));
    QCOMPARE(budget.limit(), limit);
}

// A single slow batch does not make the following batches small.
void tst_BatchBudget::ignoresASingleSlowBatch()
{
    BatchBudget budget(100us, 100);
    for (int i = 0; i < 200; ++i)
        budget.add(10, 20us);
    QCOMPARE(budget.limit(), 50);
    budget.add(10, 60us);
    QCOMPARE(budget.limit(), 33);
}

// An hour may have passed in an event loop that a slot has run.
void tst_BatchBudget::recoversFromAPause()
{
    BatchBudget budget(100us, 100);
    budget.add(1, 1h);
    int batches = 0;
    for (; budget.limit() < 25; ++batches)
        budget.add(1, 2us);
    QVERIFY2(batches <= 10, qPrintable(QString::number(batches)));
}

void tst_BatchBudget::ignoresEmptyBatches()
{
    BatchBudget budget(100us, 100);
    const int before = budget.limit();
    budget.add(0, 1h);
    QCOMPARE(budget.limit(), before);
}

QTEST_GUILESS_MAIN(tst_BatchBudget)
#include "tst_batchbudget.moc"
