// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/admissions.h"

#include <QtTest/qtest.h>

#include <limits>
#include <vector>

using namespace QZap::Internal;

class tst_Admissions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bounds_data();
    void bounds();
    void countsWhileTheTicketExists();
    void ticketsMayOutliveTheCount();
};

void tst_Admissions::bounds_data()
{
    QTest::addColumn<int>("maximum");
    QTest::addColumn<int>("maximumPerAddress");
    QTest::addColumn<int>("senders"); // of one group
    QTest::addColumn<int>("admitted");
    QTest::newRow("none in all") << 0 << 10 << 1 << 0;
    QTest::newRow("none of an address") << 10 << 0 << 1 << 0;
    QTest::newRow("in all") << 7 << 10 << 100 << 7;
    QTest::newRow("of one address") << 1000 << 5 << 1 << 5;
    QTest::newRow("of a group") << 1000 << 5 << 100 << 20;
    QTest::newRow("of any address") << 50 << std::numeric_limits<int>::max() << 1 << 50;
}

void tst_Admissions::bounds()
{
    QFETCH(const int, maximum);
    QFETCH(const int, maximumPerAddress);
    QFETCH(const int, senders);
    QFETCH(const int, admitted);
    Admissions admissions;
    std::vector<Admissions::Ticket> tickets;
    for (int i = 0; i < 100; ++i) {
        auto ticket = admissions.admit({QByteArray::number(i % senders), "group"}, maximum,
                                       maximumPerAddress);
        if (ticket)
            tickets.push_back(std::move(*ticket));
    }
    QCOMPARE(static_cast<int>(tickets.size()), admitted);
    QCOMPARE(admissions.count(), admitted);
    // Others are not affected.
    QCOMPARE(admissions.admit({"another", "another"}, 1000, 1).has_value(), true);
}

void tst_Admissions::countsWhileTheTicketExists()
{
    Admissions admissions;
    auto first = admissions.admit({"a", "g"}, 10, 1);
    QVERIFY(first);
    QVERIFY(!admissions.admit({"a", "g"}, 10, 1));
    Admissions::Ticket moved(std::move(*first));
    first.reset();
    QCOMPARE(admissions.count(), 1);
    {
        const Admissions::Ticket again(std::move(moved));
        QCOMPARE(admissions.count(), 1);
        QCOMPARE(again.sender().address, QByteArray("a"));
    }
    QCOMPARE(admissions.count(), 0);
    QVERIFY(admissions.admit({"a", "g"}, 10, 1));
}

void tst_Admissions::ticketsMayOutliveTheCount()
{
    auto admissions = std::make_unique<Admissions>();
    const auto ticket = admissions->admit({"a", {}}, 1, 1);
    QVERIFY(ticket);
    admissions.reset();
    QCOMPARE(ticket->sender().address, QByteArray("a"));
}

QTEST_GUILESS_MAIN(tst_Admissions)
#include "tst_admissions.moc"
