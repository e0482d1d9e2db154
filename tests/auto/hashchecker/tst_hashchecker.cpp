// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashchecker.h"

#include "credentials/hashing/passwordhash.h"

#include <QtCore/qmap.h>
#include <QtCore/qsemaphore.h>
#include <QtTest/qtest.h>

#include <future>
#include <memory>

using namespace QZap::Internal;

class tst_HashChecker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void distinguishesCorrectFromWrong();
    void holdsTheAddressUntilItIsRefused();
    void schedulesAllRefusalsAlike();
    void checksOnePerAddressAtATime();
    void dropsExpiredChecks();
    void doesNotReportCancelledChecks();
    void reportsNothingAfterDeletion();

private:
    using Outcome = HashChecker::Outcome;
    static constexpr PasswordHash::Parameters Cheap{8, 1};

    HashChecker::Handler collect()
    {
        return {[this](quint64 id, const HashChecker::Schedule &) { m_started.append(id); },
                [this](quint64 id, Outcome outcome, const HashChecker::Schedule &schedule) {
                    m_outcomes.append({id, outcome});
                    m_schedules.insert(id, schedule);
                }};
    }
    // Keeps all hashing threads busy until released, possibly after the test.
    static std::shared_ptr<WorkerPool> block(const std::shared_ptr<QSemaphore> &mayGo)
    {
        auto pool = WorkerPool::shared(WorkerPool::Purpose::Hashing);
        (void)pool->start();
        for (int i = 0; i < pool->threadCount(); ++i)
            pool->run([mayGo] { mayGo->acquire(); });
        return pool;
    }

    QByteArray m_hash;
    QList<quint64> m_started;
    QList<QPair<quint64, Outcome>> m_outcomes;
    QHash<quint64, HashChecker::Schedule> m_schedules;
};

void tst_HashChecker::initTestCase()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_hash = PasswordHash::make("secret", {8, 1});
    QVERIFY(!m_hash.isEmpty());
}

void tst_HashChecker::init()
{
    m_started.clear();
    m_outcomes.clear();
    m_schedules.clear();
}

void tst_HashChecker::distinguishesCorrectFromWrong()
{
    HashChecker checker(nullptr, collect());
    checker.check(1, "a", {m_hash, Cheap}, "secret", QDeadlineTimer(QDeadlineTimer::Forever));
    checker.check(2, "a", {m_hash, Cheap}, "wrong", QDeadlineTimer(QDeadlineTimer::Forever));
    checker.check(3, "a", {"$no hash", Cheap}, "secret", QDeadlineTimer(QDeadlineTimer::Forever));
    QVERIFY(m_outcomes.isEmpty());
    QTRY_COMPARE(m_outcomes.size(), 2);
    checker.finish(2);
    QTRY_COMPARE(m_outcomes.size(), 3);
    QCOMPARE(m_outcomes.at(0), qMakePair(quint64{1}, Outcome::Verified));
    QCOMPARE(m_outcomes.at(1), qMakePair(quint64{2}, Outcome::Wrong));
    QVERIFY(m_outcomes.at(2).second != Outcome::Verified);
}

// Otherwise, the answer to the next request would reveal how long the hash of this one took.
void tst_HashChecker::holdsTheAddressUntilItIsRefused()
{
    HashChecker checker(nullptr, collect());
    const QDeadlineTimer forever(QDeadlineTimer::Forever);
    checker.check(1, "a", {m_hash, Cheap}, "wrong", forever);
    checker.check(2, "a", {m_hash, Cheap}, "secret", forever);
    checker.check(3, "b", {m_hash, Cheap}, "secret", forever);
    checker.check(4, "b", {m_hash, Cheap}, "secret", forever);
    QTRY_COMPARE(m_outcomes.size(), 3);
    QVERIFY(!m_outcomes.contains({2, Outcome::Verified}));
    checker.finish(1);
    QTRY_COMPARE(m_outcomes.constLast(), qMakePair(quint64{2}, Outcome::Verified));
}

// Refusals are scheduled by the time of the most expensive hash, which is measured even if no
// password is checked against it.
void tst_HashChecker::schedulesAllRefusalsAlike()
{
    static constexpr PasswordHash::Parameters Dear{1024, 4};
    HashChecker checker(nullptr, collect());
    const QDeadlineTimer forever(QDeadlineTimer::Forever);
    quint64 id = 0;
    // Before the time has been measured, it is estimated; at the start, nothing is known.
    checker.check(++id, "a", {m_hash, Dear}, "wrong", forever);
    QTRY_COMPARE(m_outcomes.size(), 1);
    QVERIFY(m_schedules.value(1).time > HashTimes::Duration(0));
    QVERIFY(m_started.isEmpty());
    checker.finish(1);
    QTRY_VERIFY(([&] {
        checker.check(++id, "a", {m_hash, Dear}, "wrong", forever);
        const bool isReported = QTest::qWaitFor([&] { return m_outcomes.size() == qsizetype(id); });
        checker.finish(id);
        return isReported && m_started.contains(id);
    }()));
    const HashTimes::Duration dear = m_schedules.value(id).time;
    checker.check(++id, "a", {"$no hash", Dear}, "wrong", forever);
    QTRY_COMPARE(m_outcomes.size(), qsizetype(id));
    QCOMPARE(m_schedules.value(id).time, dear);
    QVERIFY(m_started.contains(id));
}

// A peer with many requests delays only itself.
void tst_HashChecker::checksOnePerAddressAtATime()
{
    const auto mayGo = std::make_shared<QSemaphore>();
    const auto pool = block(mayGo);
    HashChecker checker(nullptr, collect());
    const QDeadlineTimer forever(QDeadlineTimer::Forever);
    for (quint64 id = 1; id <= 10; ++id)
        checker.check(id, "greedy", {m_hash, Cheap}, "secret", forever);
    checker.check(11, "modest", {m_hash, Cheap}, "secret", forever);
    mayGo->release(pool->threadCount());
    QTRY_COMPARE(m_outcomes.size(), 11);
    const auto place = [this](quint64 id) {
        return m_outcomes.indexOf(qMakePair(id, Outcome::Verified));
    };
    QVERIFY(place(11) >= 0);
    QVERIFY(place(11) < place(3)); // the second check of "greedy" is queued after it
    for (quint64 id = 1; id < 10; ++id)
        QVERIFY(place(id) < place(id + 1));
}

void tst_HashChecker::dropsExpiredChecks()
{
    const auto mayGo = std::make_shared<QSemaphore>();
    const auto pool = block(mayGo);
    HashChecker checker(nullptr, collect());
    checker.check(1, "a", {m_hash, Cheap}, "secret", QDeadlineTimer(0));
    mayGo->release(pool->threadCount());
    QTRY_COMPARE(m_outcomes.size(), 1);
    QCOMPARE(m_outcomes.constFirst().second, Outcome::Expired);
}

void tst_HashChecker::doesNotReportCancelledChecks()
{
    const auto mayGo = std::make_shared<QSemaphore>();
    const auto pool = block(mayGo);
    HashChecker checker(nullptr, collect());
    const QDeadlineTimer forever(QDeadlineTimer::Forever);
    checker.check(1, "a", {m_hash, Cheap}, "secret", forever);
    checker.check(2, "a", {m_hash, Cheap}, "secret", forever);
    checker.check(3, "a", {m_hash, Cheap}, "secret", forever);
    checker.finish(1);
    checker.finish(2);
    mayGo->release(pool->threadCount());
    QTRY_COMPARE(m_outcomes.size(), 1);
    QCOMPARE(m_outcomes.constFirst().first, quint64{3});
}

void tst_HashChecker::reportsNothingAfterDeletion()
{
    const auto mayGo = std::make_shared<QSemaphore>();
    auto pool = block(mayGo);
    {
        HashChecker checker(nullptr, collect());
        checker.check(1, "a", {m_hash, Cheap}, "secret", QDeadlineTimer(QDeadlineTimer::Forever));
    }
    std::promise<void> ran;
    pool->run([&ran] { ran.set_value(); }); // runs after the check
    mayGo->release(pool->threadCount());
    ran.get_future().wait();
    QCoreApplication::processEvents();
    QVERIFY(m_outcomes.isEmpty());
}

QTEST_GUILESS_MAIN(tst_HashChecker)
#include "tst_hashchecker.moc"
