// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/floodfilter.h"

#include <QtTest/qtest.h>

#include <optional>

using namespace QZap::Internal;

class tst_FloodFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_filter.emplace(); }

    void countsAlikeDecisions_data();
    void countsAlikeDecisions();
    void keepsDifferentDecisions_data();
    void keepsDifferentDecisions();
    void distinguishesFieldsByTheirEnds();
    void ignoresWhatRefusedPeersChoose();
    void ignoresTheTextsOfReasons();
    void namesRepeatedlyAcceptedPeers();
    void startsAnewAfterTheWindow();
    void countsManyAddressesTogether_data();
    void countsManyAddressesTogether();
    void countsTooManyAcceptedPeersTogether();

private:
    static DecisionRecord record(Outcome outcome = Outcome::Refused)
    {
        DecisionRecord result;
        result.time = 5;
        result.outcome = outcome;
        result.cause = outcome == Outcome::Accepted ? Cause::Accepted : Cause::WrongPassword;
        result.reason = "reason";
        result.mechanism = QZap::Mechanism::Plain;
        result.domain = "test";
        result.address = "192.0.2.1";
        result.user = "bob";
        return result;
    }
    int passing(const DecisionRecord &each, int count, qint64 now = 0)
    {
        int result = 0;
        for (int i = 0; i < count; ++i)
            result += m_filter->passes(each, now) ? 1 : 0;
        return result;
    }

    std::optional<FloodFilter> m_filter;
};

void tst_FloodFilter::countsAlikeDecisions_data()
{
    QTest::addColumn<int>("outcome");
    QTest::newRow("refused") << static_cast<int>(Outcome::Refused);
    QTest::newRow("accepted") << static_cast<int>(Outcome::Accepted);
    QTest::newRow("later") << static_cast<int>(Outcome::Later);
    QTest::newRow("dropped") << static_cast<int>(Outcome::Dropped);
}

void tst_FloodFilter::countsAlikeDecisions()
{
    QFETCH(const int, outcome);
    QCOMPARE(passing(record(static_cast<Outcome>(outcome)), 9), 9);
    QVERIFY(!m_filter->end());
    QCOMPARE(passing(record(static_cast<Outcome>(outcome)), 91), 1);
    QCOMPARE(m_filter->end().value(), FloodFilter::Window);
    const std::vector<RepeatedDecision> repeated = m_filter->take(0);
    QCOMPARE(repeated.size(), size_t{1});
    QCOMPARE(repeated[0].count, 90);
    QCOMPARE(repeated[0].time, 5);
    QCOMPARE(repeated[0].reason, QByteArray("reason"));
    QCOMPARE(repeated[0].domain, QByteArray("test"));
    QCOMPARE(repeated[0].address, QByteArray("192.0.2.1"));
    QCOMPARE(repeated[0].mechanism, QZap::Mechanism::Plain);
    QCOMPARE(static_cast<int>(repeated[0].outcome), outcome);
    QVERIFY(!m_filter->end());
}

void tst_FloodFilter::keepsDifferentDecisions_data()
{
    QTest::addColumn<int>("field");
    QTest::newRow("outcome") << 0;
    QTest::newRow("cause") << 1;
    QTest::newRow("mechanism") << 2;
    QTest::newRow("domain") << 3;
    QTest::newRow("address") << 4;
    QTest::newRow("user of an accepted peer") << 5;
    QTest::newRow("key of an accepted peer") << 6;
    QTest::newRow("status") << 7;
}

void tst_FloodFilter::keepsDifferentDecisions()
{
    QFETCH(const int, field);
    DecisionRecord first = record(field == 5 || field == 6 ? Outcome::Accepted : Outcome::Refused);
    DecisionRecord other = first;
    if (field == 0)
        other.outcome = Outcome::Unenforced;
    else if (field == 1)
        other.cause = Cause::UnknownUser;
    else if (field == 2)
        other.mechanism = QZap::Mechanism::Curve;
    else if (field == 7)
        other.status = QZap::Status::InternalError;
    else
        (field == 3   ? other.domain
         : field == 4 ? other.address
         : field == 5 ? other.user
                      : other.key) = "another";
    QCOMPARE(passing(first, 20), 10);
    QCOMPARE(passing(other, 20), 10);
    QCOMPARE(m_filter->take(0).size(), size_t{2});
}

// The fields of a request may contain any byte.
void tst_FloodFilter::distinguishesFieldsByTheirEnds()
{
    DecisionRecord first = record();
    first.domain = QByteArrayView("a\0b", 3);
    first.address = "c";
    DecisionRecord other = record();
    other.domain = "a";
    other.address = QByteArrayView("b\0c", 3);
    QCOMPARE(passing(first, 20), 10);
    QCOMPARE(passing(other, 20), 10);
}

void tst_FloodFilter::ignoresWhatRefusedPeersChoose()
{
    int passed = 0;
    for (int i = 0; i < 100; ++i) {
        const QByteArray number = QByteArray::number(i);
        DecisionRecord each = record();
        each.user = each.key = number;
        passed += m_filter->passes(each, 0) ? 1 : 0;
    }
    QCOMPARE(passed, 10);
    QCOMPARE(m_filter->take(0).size(), size_t{1});
}

// A provider's text may contain what a peer has chosen.
void tst_FloodFilter::ignoresTheTextsOfReasons()
{
    int passed = 0;
    for (int i = 0; i < 5000; ++i) {
        const QByteArray reason = "No user " + QByteArray::number(i);
        DecisionRecord each = record();
        each.cause = Cause::Provider;
        each.reason = reason;
        passed += m_filter->passes(each, 0) ? 1 : 0;
    }
    QCOMPARE(passed, 10);
    const std::vector<RepeatedDecision> repeated = m_filter->take(0);
    QCOMPARE(repeated.size(), size_t{1});
    QVERIFY(repeated[0].reason.isEmpty());
    QCOMPARE(repeated[0].address, QByteArray("192.0.2.1"));
    QCOMPARE(repeated[0].count, 4990);
}

void tst_FloodFilter::namesRepeatedlyAcceptedPeers()
{
    DecisionRecord each = record(Outcome::Accepted);
    each.key = "key";
    QCOMPARE(passing(each, 20), 10);
    const std::vector<RepeatedDecision> repeated = m_filter->take(0);
    QCOMPARE(repeated.size(), size_t{1});
    QCOMPARE(repeated[0].user, QByteArray("bob"));
    QCOMPARE(repeated[0].key, QByteArray("key"));
}

void tst_FloodFilter::startsAnewAfterTheWindow()
{
    QCOMPARE(passing(record(), 20, 1000), 10);
    QVERIFY(!m_filter->hasEnded(1000 + FloodFilter::Window - 1));
    QVERIFY(m_filter->hasEnded(1000 + FloodFilter::Window));
    QCOMPARE(m_filter->take(1000 + FloodFilter::Window).size(), size_t{1});
    QCOMPARE(passing(record(), 20, 1000 + FloodFilter::Window), 10);
}

void tst_FloodFilter::countsManyAddressesTogether_data()
{
    QTest::addColumn<bool>("isDomain");
    QTest::newRow("addresses") << false;
    QTest::newRow("domains") << true;
}

void tst_FloodFilter::countsManyAddressesTogether()
{
    QFETCH(const bool, isDomain);
    int passed = 0;
    for (int i = 0; i < 5000; ++i) {
        const QByteArray number = QByteArray::number(i);
        DecisionRecord each = record();
        (isDomain ? each.domain : each.address) = number;
        passed += m_filter->passes(each, 0) ? 1 : 0;
    }
    QCOMPARE(passed, FloodFilter::MaximumAddresses + FloodFilter::MaximumAlike);
    const std::vector<RepeatedDecision> repeated = m_filter->take(0);
    QCOMPARE(repeated.size(), size_t{1});
    QCOMPARE(repeated[0].address.isEmpty(), !isDomain);
    QCOMPARE(repeated[0].domain.isEmpty(), isDomain);
    QCOMPARE(repeated[0].reason, QByteArray("reason"));
    QCOMPARE(repeated[0].count, 5000 - passed);
}

// No network makes as many connections in a second.
void tst_FloodFilter::countsTooManyAcceptedPeersTogether()
{
    constexpr int Surplus = 100;
    int passed = 0;
    for (int i = 0; i < FloodFilter::MaximumAccepted + Surplus; ++i) {
        const QByteArray user = QByteArray::number(i);
        DecisionRecord each = record(Outcome::Accepted);
        each.user = user;
        each.key = user;
        passed += m_filter->passes(each, 0) ? 1 : 0;
    }
    QCOMPARE(passed, FloodFilter::MaximumAccepted + FloodFilter::MaximumAlike);
    const std::vector<RepeatedDecision> repeated = m_filter->take(0);
    QCOMPARE(repeated.size(), size_t{1});
    QCOMPARE(repeated[0].count, Surplus - FloodFilter::MaximumAlike);
    QCOMPARE(repeated[0].domain, QByteArray("test"));
    QVERIFY(repeated[0].user.isEmpty());
    QVERIFY(repeated[0].key.isEmpty());
}

QTEST_APPLESS_MAIN(tst_FloodFilter)
#include "tst_floodfilter.moc"
