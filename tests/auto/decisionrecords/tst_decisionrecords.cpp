// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/decisionobservers.h"
#include "reporting/decisionrecords.h"

#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;

class tst_DecisionRecords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void returnsWhatWasAppended();
    void computesDurations();
    void dropsARecord();
    void cutsOffReasons();
    void appendsOthers();
    void notifiesObservers();
};

namespace {

DecisionRecord recordOf(QByteArrayView user)
{
    DecisionRecord record;
    record.time = 1;
    record.session = 7;
    record.status = QZap::Status::Success;
    record.outcome = Outcome::Accepted;
    record.cause = Cause::Accepted;
    record.mechanism = QZap::Mechanism::Curve;
    record.reason = "OK";
    record.domain = "test";
    record.address = "127.0.0.1";
    record.user = user;
    record.key = "0123456789abcdef0123456789abcdef";
    return record;
}

QByteArrayList usersOf(const DecisionRecords &records)
{
    QByteArrayList users;
    records.forEach([&users](const DecisionRecord &record) { users += record.user.toByteArray(); });
    return users;
}

class Collector final : public DecisionObserver
{
public:
    void observe(const DecisionRecords &records) override { m_users += usersOf(records); }
    QByteArrayList m_users;
};

} // namespace

void tst_DecisionRecords::returnsWhatWasAppended()
{
    DecisionRecords records;
    QVERIFY(records.isEmpty());
    QCOMPARE(records.append(recordOf("alice"), 0), 0);
    QVERIFY(records.append(recordOf(""), 0) > 0);
    QCOMPARE(records.count(), size_t{2});
    int count = 0;
    records.forEach([&count](const DecisionRecord &record) {
        QCOMPARE(record.time, 1);
        QCOMPARE(record.session, quint64{7});
        QCOMPARE(record.status, QZap::Status::Success);
        QCOMPARE(record.outcome, Outcome::Accepted);
        QCOMPARE(record.cause, Cause::Accepted);
        QCOMPARE(record.mechanism, QZap::Mechanism::Curve);
        QCOMPARE(record.reason, QByteArrayView("OK"));
        QCOMPARE(record.domain, QByteArrayView("test"));
        QCOMPARE(record.address, QByteArrayView("127.0.0.1"));
        QCOMPARE(record.user, count == 0 ? QByteArrayView("alice") : QByteArrayView());
        QCOMPARE(record.key, QByteArrayView("0123456789abcdef0123456789abcdef"));
        ++count;
    });
    QCOMPARE(count, 2);
    records.clear();
    QVERIFY(records.isEmpty());
    QCOMPARE(records.count(), size_t{0});
}

void tst_DecisionRecords::computesDurations()
{
    DecisionRecords records;
    records.append(recordOf("alice"), 100);
    records.append(recordOf("bob"), 250);
    records.finish(300);
    QList<qint64> durations;
    records.forEach([&](const DecisionRecord &record) { durations += record.duration; });
    QCOMPARE(durations, (QList<qint64>{200, 50}));
}

void tst_DecisionRecords::dropsARecord()
{
    DecisionRecords records;
    records.append(recordOf("alice"), 0);
    const qptrdiff bob = records.append(recordOf("bob"), 0);
    records.drop(bob, Cause::Undelivered);
    records.drop(-1, Cause::Undelivered); // of a record that was lost
    QList<Outcome> outcomes;
    records.forEach([&outcomes](const DecisionRecord &record) { outcomes += record.outcome; });
    QCOMPARE(outcomes, (QList<Outcome>{Outcome::Accepted, Outcome::Dropped}));
}

void tst_DecisionRecords::cutsOffReasons()
{
    const QByteArray reason(100'000, 'r');
    DecisionRecord record = recordOf("alice");
    record.reason = reason;
    DecisionRecords records;
    records.append(record, 0);
    QVERIFY(records.size() < 2000);
    records.forEach([](const DecisionRecord &each) {
        QCOMPARE(each.reason.size(), qsizetype{1024});
        QCOMPARE(each.user, QByteArrayView("alice"));
    });
}

void tst_DecisionRecords::appendsOthers()
{
    DecisionRecords records;
    records.append(recordOf("alice"), 0);
    DecisionRecords others;
    others.append(recordOf("bob"), 0);
    records.append(others);
    QCOMPARE(usersOf(records), (QByteArrayList{"alice", "bob"}));
    QCOMPARE(records.count(), size_t{2});
    QCOMPARE(records.lostCount(), 0);
}

void tst_DecisionRecords::notifiesObservers()
{
    DecisionObservers observers;
    QVERIFY(!observers.areAttached());
    const auto first = std::make_shared<Collector>();
    const auto second = std::make_shared<Collector>();
    observers.add(first);
    observers.add(second);
    QVERIFY(observers.areAttached());
    DecisionRecords records;
    records.append(recordOf("alice"), 0);
    observers.notify(records);
    observers.remove(first);
    observers.notify(records);
    QCOMPARE(first->m_users, QByteArrayList{"alice"});
    QCOMPARE(second->m_users, (QByteArrayList{"alice", "alice"}));
    observers.remove(second);
    QVERIFY(!observers.areAttached());
}

QTEST_APPLESS_MAIN(tst_DecisionRecords)
#include "tst_decisionrecords.moc"
