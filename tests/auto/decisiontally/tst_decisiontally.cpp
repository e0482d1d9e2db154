// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/decisiontally.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_DecisionTally : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsAlikeDecisions();
    void addsTheCountsOfEntries();
    void countsNewDomains();
    void classifiesDurations_data();
    void classifiesDurations();
    void ignoresTheDurationOfDroppedRequests();

private:
    static DecisionTally::Entry entry(size_t domain, Outcome outcome, Cause cause)
    {
        return {domain, 0, QZap::Mechanism::Plain, outcome, cause};
    }
};

void tst_DecisionTally::countsAlikeDecisions()
{
    DecisionTally tally;
    const auto accepted = entry(0, Outcome::Accepted, Cause::Accepted);
    const auto refused = entry(0, Outcome::Refused, Cause::WrongPassword);
    tally.add({accepted, refused, accepted}, {"other"}, 1);
    tally.add({accepted}, {"other"}, 1);
    const DecisionTally::Snapshot snapshot = tally.snapshot();
    QCOMPARE(snapshot.series.size(), size_t{2});
    QCOMPARE(snapshot.series[0].outcome, Outcome::Accepted);
    QCOMPARE(snapshot.series[0].cause, Cause::Accepted);
    QCOMPARE(snapshot.series[0].mechanism, QZap::Mechanism::Plain);
    QCOMPARE(snapshot.series[0].count, 3);
    QCOMPARE(snapshot.series[1].cause, Cause::WrongPassword);
    QCOMPARE(snapshot.series[1].count, 1);
}

// An entry can stand for several decisions, or for none if they were withdrawn.
void tst_DecisionTally::addsTheCountsOfEntries()
{
    DecisionTally tally;
    auto several = entry(0, Outcome::Accepted, Cause::Accepted);
    several.count = 3;
    auto withdrawn = entry(0, Outcome::Refused, Cause::WrongPassword);
    withdrawn.count = 0;
    tally.add({several, withdrawn, several}, {"other"}, several.received + 1000);
    const DecisionTally::Snapshot snapshot = tally.snapshot();
    QCOMPARE(snapshot.series.size(), size_t{1});
    QCOMPARE(snapshot.series[0].count, 6);
    QCOMPARE(snapshot.durations[0], 6);
    QCOMPARE(snapshot.durationSum, 6000);
}

void tst_DecisionTally::countsNewDomains()
{
    DecisionTally tally;
    tally.add({entry(0, Outcome::Accepted, Cause::Accepted)}, {"other"}, 1);
    tally.add({entry(1, Outcome::Accepted, Cause::Accepted)}, {"other", "test"}, 1);
    const DecisionTally::Snapshot snapshot = tally.snapshot();
    QCOMPARE(snapshot.domains, (QList<QByteArray>{"other", "test"}));
    QCOMPARE(snapshot.series.size(), size_t{2});
    QCOMPARE(snapshot.series[1].domain, size_t{1});
}

void tst_DecisionTally::classifiesDurations_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<int>("index");
    QTest::newRow("negative: the clock of another processor") << qint64{-5} << 0;
    QTest::newRow("0") << qint64{0} << 0;
    QTest::newRow("at a limit") << qint64{50'000} << 0;
    QTest::newRow("above a limit") << qint64{50'001} << 1;
    QTest::newRow("1 ms") << qint64{1'000'000} << 4;
    QTest::newRow("10 s") << qint64{10'000'000'000} << 16;
    QTest::newRow("a minute") << qint64{60'000'000'000} << 17;
}

void tst_DecisionTally::classifiesDurations()
{
    QFETCH(const qint64, duration);
    QFETCH(const int, index);
    DecisionTally tally;
    tally.add({entry(0, Outcome::Accepted, Cause::Accepted)}, {"other"}, duration);
    const DecisionTally::Snapshot snapshot = tally.snapshot();
    for (size_t i = 0; i < snapshot.durations.size(); ++i)
        QCOMPARE(snapshot.durations[i], static_cast<int>(i) == index ? 1 : 0);
    QCOMPARE(snapshot.durationSum, qMax<qint64>(duration, 0));
}

void tst_DecisionTally::ignoresTheDurationOfDroppedRequests()
{
    DecisionTally tally;
    tally.add({entry(0, Outcome::Dropped, Cause::Undelivered)}, {"other"}, 1000);
    const DecisionTally::Snapshot snapshot = tally.snapshot();
    QCOMPARE(snapshot.series.size(), size_t{1});
    QCOMPARE(snapshot.durationSum, 0);
    QCOMPARE(snapshot.durations[0], 0);
}

QTEST_APPLESS_MAIN(tst_DecisionTally)
#include "tst_decisiontally.moc"
