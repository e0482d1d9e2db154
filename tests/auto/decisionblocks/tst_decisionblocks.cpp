// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/decisionblocks.h"

#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_DecisionBlocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrder();
    void keepsLargeBatches();
    void countsLostDecisions();
    void isClear();

private:
    // A batch whose decisions have these times.
    static DecisionRecords batch(qint64 first, int count = 1)
    {
        static const QByteArray reason(1000, 'r');
        DecisionRecords result;
        for (int i = 0; i < count; ++i) {
            DecisionRecord record;
            record.time = first + i;
            record.reason = reason;
            result.append(record, 0);
        }
        return result;
    }
    static QList<qint64> timesOf(const DecisionBlocks &blocks)
    {
        QList<qint64> result;
        blocks.forEach([&result](const DecisionRecord &record) { result += record.time; });
        return result;
    }
};

void tst_DecisionBlocks::keepsTheOrder()
{
    DecisionBlocks blocks;
    QVERIFY(blocks.isEmpty());
    QList<qint64> times;
    size_t size = 0;
    for (qint64 i = 0; i < 1000; ++i) { // several blocks
        const DecisionRecords each = batch(i);
        blocks.append(each);
        times += i;
        size += each.size();
    }
    QVERIFY(size > 3 * DecisionBlocks::BlockSize);
    QCOMPARE(timesOf(blocks), times);
    QCOMPARE(blocks.count(), size_t{1000});
    QCOMPARE(blocks.size(), size);
    QVERIFY(!blocks.isEmpty());
}

void tst_DecisionBlocks::keepsLargeBatches()
{
    DecisionBlocks blocks;
    blocks.append(batch(0));
    const DecisionRecords large = batch(1, 1000);
    QVERIFY(large.size() > DecisionBlocks::BlockSize);
    blocks.append(large);
    blocks.append(batch(1001));
    QCOMPARE(timesOf(blocks).size(), 1002);
    QCOMPARE(timesOf(blocks).last(), 1001);
}

void tst_DecisionBlocks::countsLostDecisions()
{
    DecisionBlocks blocks;
    blocks.addLost(3);
    QCOMPARE(blocks.lostCount(), 3);
    QVERIFY(blocks.isEmpty());
    blocks.append(batch(0));
    QCOMPARE(blocks.lostCount(), 3);
}

void tst_DecisionBlocks::isClear()
{
    DecisionBlocks blocks;
    for (qint64 i = 0; i < 1000; ++i)
        blocks.append(batch(i));
    blocks.addLost(1);
    blocks.clear();
    QVERIFY(blocks.isEmpty());
    QCOMPARE(blocks.count(), size_t{0});
    QCOMPARE(blocks.size(), size_t{0});
    QCOMPARE(blocks.lostCount(), 0);
    QVERIFY(timesOf(blocks).isEmpty());
    blocks.append(batch(5));
    QCOMPARE(timesOf(blocks), QList<qint64>{5});
}

QTEST_APPLESS_MAIN(tst_DecisionBlocks)
#include "tst_decisionblocks.moc"
