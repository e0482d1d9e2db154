// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashchecker.h"

#include "base/eventloopwatch.h"
#include "credentials/hashing/passwordhash.h"

#include <QtCore/qmap.h>
#include <QtCore/qsemaphore.h>
#include <QtTest/qtest.h>

#include <future>
#include <memory>

using namespace QZap::Internal;

namespace {

// Counts the calls that are posted to an object.
class EventCounter : public QObject
{
public:
    bool eventFilter(QObject *, QEvent *event) override
    {
        count += event->type() == QEvent::MetaCall ? 1 : 0;
        return false;
    }

    int count = 0;
};

} // namespace

class tst_HashChecker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void distinguishesCorrectFromWrong();
    void holdsTheAddressUntilItIsRefused();
    void schedulesAllRefusalsAlike();
    void schedulesEachRefusalOnce();
    void wakesTheEventLoopOnlyAtTheStart();
    void checksOnePerAddressAtATime();
    void dropsExpiredChecks();
    void doesNotReportCancelledChecks();
    void reportsNothingAfterDeletion();

private:
    using Outcome = HashChecker::Outcome;
    using Outcomes = QList<QPair<quint64, Outcome>>;
    static constexpr PasswordHash::Parameters Cheap{8, 1};

    HashChecker::Handler collect()
    {
        return {
            [this](quint64 id, const HashChecker::Schedule &schedule) {
                m_schedules.insert(id, schedule);
                ++m_scheduled;
            },
            [this](quint64 id, Outcome outcome) {
                m_outcomes.append({id, outcome});
            },
        };
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

    // Returns when each hashing thread has ended its present job.
    static void waitForTheThreads()
    {
        const auto arrived = std::make_shared<QSemaphore>();
        const auto mayGo = std::make_shared<QSemaphore>();
        const auto pool = WorkerPool::shared(WorkerPool::Purpose::Hashing);
        const int count = pool->threadCount();
        for (int i = 0; i < count; ++i) {
            pool->run([arrived, mayGo] {
                arrived->release();
                mayGo->acquire();
            });
        }
        arrived->acquire(count);
        mayGo->release(count);
    }

    QByteArray m_hash;
    Outcomes m_outcomes;
    QHash<quint64, HashChecker::Schedule> m_schedules;
    int m_scheduled = 0; // calls
};

void tst_HashChecker::initTestCase()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_hash = PasswordHash::make("secret", {8, 1});
    QVERIFY(!m_hash.isEmpty());
}

void tst_HashChecker::init()
{
    m_outcomes.clear();
    m_schedules.clear();
    m_scheduled = 0;
}

void tst_HashChecker::distinguishesCorrectFromWrong()
{
    HashChecker checker(nullptr, collect());
    checker.check(1, "a", {m_hash, Cheap}, "secret", QDeadlineTimer(QDeadlineTimer::Forever));
    checker.check(2, "a", {m_hash, Cheap}, "wrong", QDeadlineTimer(QDeadlineTimer::Forever));
    checker.check(3, "a", {"$no hash", Cheap}, "secret", QDeadlineTimer(QDeadlineTimer::Forever));
    QTRY_VERIFY(checker.isWrong(2));
    QCOMPARE(m_outcomes, Outcomes({{1, Outcome::Verified}}));
    checker.finish(2);
    QVERIFY(!checker.isWrong(2));
    QTRY_VERIFY(m_outcomes.size() == 2 || checker.isWrong(3));
    QVERIFY(!m_outcomes.contains({3, Outcome::Verified}));
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
    QTRY_VERIFY(checker.isWrong(1));
    QTRY_COMPARE(m_outcomes.size(), 2);
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
    quint64 id = 1;
    // Before the time has been measured, it is estimated, when the check has ended.
    checker.check(id, "a", {m_hash, Dear}, "wrong", forever);
    QTRY_VERIFY(m_schedules.contains(id));
    QVERIFY(checker.isWrong(id));
    const HashTimes::Duration estimated = m_schedules.value(id).time;
    QVERIFY(estimated > HashTimes::Duration(0));
    checker.finish(id);
    // Unlike the estimates, the measured time does not vary.
    QTRY_VERIFY(([&] {
        ++id;
        checker.check(id, "a", {m_hash, Dear}, "wrong", forever);
        const bool isWrong =
            QTest::qWaitFor([&] { return checker.isWrong(id) && m_schedules.contains(id); });
        checker.finish(id);
        return isWrong && m_schedules.value(id).time == m_schedules.value(id - 1).time;
    }()));
    const HashTimes::Duration dear = m_schedules.value(id).time;
    ++id;
    checker.check(id, "a", {"$no hash", Dear}, "wrong", forever);
    QTRY_VERIFY(m_schedules.contains(id));
    QCOMPARE(m_schedules.value(id).time, dear);
}

// Outcomes are also looked for when events may have been lost, while the start of a check may still
// be reported.
void tst_HashChecker::schedulesEachRefusalOnce()
{
    HashChecker checker(nullptr, collect());
    const QDeadlineTimer forever(QDeadlineTimer::Forever);
    checker.check(1, "a", {m_hash, Cheap}, "wrong", forever);
    QTRY_VERIFY(checker.isWrong(1) && m_scheduled == 1);
    checker.finish(1); // the time is known now
    EventLoopWatch::eventsLost();
    checker.check(2, "a", {m_hash, Cheap}, "wrong", forever);
    waitForTheThreads();
    QVERIFY(checker.isWrong(2));
    QCoreApplication::processEvents();
    QCOMPARE(m_scheduled, 2);
}

// An event at the end of a check would move the time of the refusal: the event loop rounds the
// remaining time of a timer whenever it waits.
void tst_HashChecker::wakesTheEventLoopOnlyAtTheStart()
{
    static constexpr PasswordHash::Parameters Dear{8192, 1};
    const QByteArray hash = PasswordHash::make("secret", Dear);
    HashChecker checker(nullptr, collect());
    EventCounter events;
    checker.installEventFilter(&events);
    // If this thread is slow, a check ends before its refusal is scheduled.
    quint64 id = 0;
    QTRY_VERIFY(([&] {
        ++id;
        events.count = 0;
        checker.check(id, "a", {hash, Dear}, "wrong", QDeadlineTimer(QDeadlineTimer::Forever));
        const bool isWrong =
            QTest::qWaitFor([&] { return checker.isWrong(id) && m_schedules.contains(id); });
        waitForTheThreads();
        QCoreApplication::sendPostedEvents(&checker);
        checker.finish(id);
        return isWrong && events.count == 1;
    }()));
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
