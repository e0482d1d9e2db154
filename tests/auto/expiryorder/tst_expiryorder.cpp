// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/expiryorder.h"

#include <QtCore/qobject.h>
#include <QtTest/qtest.h>

#include <vector>

using QZap::Internal::ExpiryOrder;

// Finding the next time of expiry.
class tst_ExpiryOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheNextTime_data();
    void findsTheNextTime();
    void leavesOutUnusedRows();
    void readsFewTimes();
};

void tst_ExpiryOrder::findsTheNextTime_data()
{
    constexpr qint64 Never = ExpiryOrder::Never;
    QTest::addColumn<std::vector<qint64>>("times");
    QTest::addColumn<qint64>("after");
    QTest::addColumn<qint64>("next");
    const std::vector<qint64> times = {Never, 30, 10, Never, 20, 10};
    QTest::newRow("no rows") << std::vector<qint64>() << qint64{0} << Never;
    QTest::newRow("no row expires") << std::vector<qint64>(3, Never) << qint64{0} << Never;
    QTest::newRow("before all") << times << qint64{-5} << qint64{10};
    QTest::newRow("just before one") << times << qint64{9} << qint64{10};
    QTest::newRow("at the time of one") << times << qint64{10} << qint64{20};
    QTest::newRow("between two") << times << qint64{25} << qint64{30};
    QTest::newRow("at the last") << times << qint64{30} << Never;
    QTest::newRow("after all") << times << qint64{99} << Never;
}

void tst_ExpiryOrder::findsTheNextTime()
{
    QFETCH(const std::vector<qint64>, times);
    QFETCH(const qint64, after);
    QFETCH(const qint64, next);

    const auto timeOf = [&times](size_t row) { return times[row]; };
    ExpiryOrder order;
    QCOMPARE(order.nextAfter(after, timeOf, [](size_t) { return true; }), ExpiryOrder::Never);
    order.build(times.size(), timeOf);
    QCOMPARE(order.nextAfter(after, timeOf, [](size_t) { return true; }), next);
}

void tst_ExpiryOrder::leavesOutUnusedRows()
{
    const std::vector<qint64> times = {10, 20, 30};
    const auto timeOf = [&times](size_t row) { return times[row]; };
    ExpiryOrder order;
    order.build(times.size(), timeOf);
    QCOMPARE(order.nextAfter(0, timeOf, [](size_t row) { return row == 2; }), 30);
    QCOMPARE(order.nextAfter(0, timeOf, [](size_t) { return false; }), ExpiryOrder::Never);
}

void tst_ExpiryOrder::readsFewTimes()
{
    constexpr size_t Rows = 100000;
    int reads = 0;
    const auto timeOf = [&reads](size_t row) {
        ++reads;
        return static_cast<qint64>(row * 7919 % Rows); // in no order
    };
    ExpiryOrder order;
    order.build(Rows, timeOf);
    reads = 0;
    QCOMPARE(order.nextAfter(Rows / 2, timeOf, [](size_t) { return true; }),
             static_cast<qint64>(Rows / 2 + 1));
    QVERIFY2(reads < 30, qPrintable(QString::number(reads)));
}

QTEST_APPLESS_MAIN(tst_ExpiryOrder)
#include "tst_expiryorder.moc"
