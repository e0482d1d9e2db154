// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/workerpool.h"

#include <QtCore/qsemaphore.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <vector>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

// An object that records the thread that destroys it.
struct Large
{
    explicit Large(std::atomic<std::thread::id> *destroyer)
        : destroyedBy(destroyer)
    { }
    ~Large() { *destroyedBy = std::this_thread::get_id(); }
    Q_DISABLE_COPY_MOVE(Large)

    std::atomic<std::thread::id> *destroyedBy;
};

// Starts threads; the first few attempts fail, as if the system could not start another thread.
class ThreadStarter
{
public:
    std::thread operator()(const std::function<void()> &run) const
    {
        if ((*failures)-- > 0)
            throw std::system_error(EAGAIN, std::generic_category());
        return std::thread(run);
    }

    std::shared_ptr<int> failures;
};

} // namespace

class tst_WorkerPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void runsJobsInOrder();
    void usesAllOfItsThreads();
    void runsQueuedJobsBeforeItEnds();
    void continuesAfterAJobThatThrows();
    void startsWhenThreadsAreAvailable_data();
    void startsWhenThreadsAreAvailable();
    void runsWithTheThreadsThatCouldBeStarted();
    void dropsJobsWithoutAThread();
    void growsWhileAllThreadsAreBlocked();
    void growsOnlyIfNoThreadTakesAJob();
    void growsWhenThreadsAreAvailable();
    void growsByThreadsThatCouldNotBeStarted();
    void endsWhileAllThreadsAreBlocked();
    void isSharedByPurpose();
    void endsWithItsLastUser();
    void doesNotWaitForABusyJob();
    void hasABoundedNumberOfThreads();
    void releasesOnTheLoadingPool();
    void releasesHereWithoutAPool();
    void releasedPointersPointToTheSame();
    void isSharedFromManyThreads();
};

void tst_WorkerPool::runsJobsInOrder()
{
    std::vector<int> order;
    {
        WorkerPool pool("test", 1);
        QVERIFY(!pool.start());
        for (int i = 0; i < 100; ++i)
            pool.run([&order, i] { order.push_back(i); });
    }
    QCOMPARE(order.size(), size_t{100});
    QVERIFY(std::is_sorted(order.begin(), order.end()));
}

void tst_WorkerPool::usesAllOfItsThreads()
{
    WorkerPool pool("test", 3);
    QVERIFY(!pool.start());
    QSemaphore arrived;
    QSemaphore mayGo;
    for (int i = 0; i < 4; ++i) {
        pool.run([&] {
            arrived.release();
            mayGo.acquire();
        });
    }
    QVERIFY(arrived.tryAcquire(3, 10000));
    QVERIFY(!arrived.tryAcquire(1, 50)); // no further job has started
    mayGo.release(4);
}

void tst_WorkerPool::runsQueuedJobsBeforeItEnds()
{
    std::atomic<int> count{0};
    {
        WorkerPool pool("test", 2);
        QVERIFY(!pool.start());
        for (int i = 0; i < 1000; ++i)
            pool.run([&count] { ++count; });
    }
    QCOMPARE(count.load(), 1000);
}

void tst_WorkerPool::continuesAfterAJobThatThrows()
{
    bool hasRun = false;
    {
        WorkerPool pool("test", 1);
        QVERIFY(!pool.start());
        pool.run([] { throw std::runtime_error("no"); });
        pool.run([] { throw 1; });
        pool.run([&hasRun] { hasRun = true; });
    }
    QVERIFY(hasRun);
}

void tst_WorkerPool::startsWhenThreadsAreAvailable_data()
{
    QTest::addColumn<int>("failures");
    QTest::newRow("fails once") << 1;
    QTest::newRow("fails often") << 5;
}

void tst_WorkerPool::startsWhenThreadsAreAvailable()
{
    QFETCH(const int, failures);
    std::atomic<int> count{0};
    {
        WorkerPool pool("test", 2, ThreadStarter{std::make_shared<int>(failures)});
        for (int i = 0; i < failures; ++i) {
            QCOMPARE(pool.start().value(), EAGAIN);
            pool.run([&count] { ++count; }); // remains queued
        }
        QCOMPARE(count.load(), 0);
        QVERIFY(!pool.start());
        QTRY_COMPARE(count.load(), failures);
    }
    QCOMPARE(count.load(), failures);
}

void tst_WorkerPool::runsWithTheThreadsThatCouldBeStarted()
{
    int started = 0;
    QSemaphore arrived;
    QSemaphore mayGo;
    WorkerPool pool("test", 2, [&started](const std::function<void()> &run) {
        if (++started == 2)
            throw std::system_error(EAGAIN, std::generic_category());
        return std::thread(run);
    });
    QVERIFY(!pool.start()); // succeeds with one thread
    const auto job = [&] {
        arrived.release();
        mayGo.acquire();
    };
    pool.run(job);
    pool.run(job);
    QVERIFY(arrived.tryAcquire(1, 10000));
    QVERIFY(!arrived.tryAcquire(1, 50));
    QVERIFY(!pool.start()); // starts the other thread
    QVERIFY(arrived.tryAcquire(1, 10000));
    QVERIFY(!pool.start()); // all threads are already running
    QCOMPARE(started, 3);
    mayGo.release(2);
}

void tst_WorkerPool::dropsJobsWithoutAThread()
{
    bool hasRun = false;
    std::atomic<std::thread::id> destroyer = {};
    {
        WorkerPool pool("test", 1, ThreadStarter{std::make_shared<int>(1)});
        QVERIFY(pool.start());
        pool.run([&hasRun, large = std::make_shared<Large>(&destroyer)] { hasRun = true; });
    }
    QVERIFY(!hasRun);
    QCOMPARE(destroyer.load(), std::this_thread::get_id());
}

void tst_WorkerPool::growsWhileAllThreadsAreBlocked()
{
    QSemaphore arrived;
    QSemaphore mayGo;
    WorkerPool pool("test", 2, {4, 1ms});
    QVERIFY(!pool.start());
    const auto job = [&] {
        arrived.release();
        mayGo.acquire();
    };
    for (int i = 0; i < 3; ++i)
        pool.run(job);
    QVERIFY(arrived.tryAcquire(3, 10000));
    for (int i = 0; i < 2; ++i)
        pool.run(job);
    QVERIFY(arrived.tryAcquire(1, 10000));
    QVERIFY(!arrived.tryAcquire(1, 50)); // all four threads are busy
    QCOMPARE(pool.threadCount(), 2);
    mayGo.release();
    QVERIFY(arrived.tryAcquire(1, 10000));
    mayGo.release(4);
}

void tst_WorkerPool::growsOnlyIfNoThreadTakesAJob()
{
    QSemaphore arrived;
    QSemaphore mayGo;
    WorkerPool pool("test", 2, {4, 1h});
    QVERIFY(!pool.start());
    for (int i = 0; i < 3; ++i) {
        pool.run([&] {
            arrived.release();
            mayGo.acquire();
        });
    }
    QVERIFY(arrived.tryAcquire(2, 10000));
    QVERIFY(!arrived.tryAcquire(1, 50));
    mayGo.release();
    QVERIFY(arrived.tryAcquire(1, 10000));
    mayGo.release(2);
}

void tst_WorkerPool::growsWhenThreadsAreAvailable()
{
    std::atomic<int> started{0};
    QSemaphore arrived;
    QSemaphore mayGo;
    WorkerPool pool("test", 1, {2, 1ms}, [&started](const std::function<void()> &run) {
        if (++started > 2 && started < 6) // after a thread and the supervisor
            throw std::system_error(EAGAIN, std::generic_category());
        return std::thread(run);
    });
    QVERIFY(!pool.start());
    for (int i = 0; i < 2; ++i) {
        pool.run([&] {
            arrived.release();
            mayGo.acquire();
        });
    }
    QVERIFY(arrived.tryAcquire(2, 10000));
    QCOMPARE(started.load(), 6);
    mayGo.release(2);
}

void tst_WorkerPool::growsByThreadsThatCouldNotBeStarted()
{
    std::atomic<int> started{0};
    QSemaphore arrived;
    QSemaphore mayGo;
    WorkerPool pool("test", 3, {4, 1ms}, [&started](const std::function<void()> &run) {
        if (++started == 3)
            throw std::system_error(EAGAIN, std::generic_category());
        return std::thread(run);
    });
    QVERIFY(!pool.start());
    for (int i = 0; i < 4; ++i) {
        pool.run([&] {
            arrived.release();
            mayGo.acquire();
        });
    }
    QVERIFY(arrived.tryAcquire(4, 10000));
    mayGo.release(4);
}

// A pool that ends adds no threads, and runs the queued jobs.
void tst_WorkerPool::endsWhileAllThreadsAreBlocked()
{
    std::atomic<int> count{0};
    for (int i = 0; i < 100; ++i) {
        WorkerPool pool("test", 1, {8, 0ms});
        QVERIFY(!pool.start());
        for (int j = 0; j < 20; ++j)
            pool.run([&count] { ++count; });
    }
    QCOMPARE(count.load(), 2000);
}

void tst_WorkerPool::isSharedByPurpose()
{
    const auto loading = WorkerPool::shared(WorkerPool::Purpose::Loading);
    const auto hashing = WorkerPool::shared(WorkerPool::Purpose::Hashing);
    QVERIFY(loading != hashing);
    QCOMPARE(WorkerPool::shared(WorkerPool::Purpose::Loading), loading);
    QCOMPARE(WorkerPool::shared(WorkerPool::Purpose::Hashing), hashing);
}

void tst_WorkerPool::endsWithItsLastUser()
{
    auto first = WorkerPool::shared(WorkerPool::Purpose::Loading);
    auto second = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!first->start());
    first.reset();
    std::atomic<bool> hasRun{false};
    second->run([&hasRun] { hasRun = true; });
    second.reset();
    QTRY_VERIFY(hasRun); // dropping the pool does not wait
}

// The job blocks, as on a file system that does not respond.
void tst_WorkerPool::doesNotWaitForABusyJob()
{
    auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!pool->start());
    std::promise<void> answer;
    std::atomic<bool> isDone{false};
    pool->run([hanging = answer.get_future().share(), &isDone] {
        hanging.wait();
        isDone = true;
    });
    pool.reset(); // returns at once
    QVERIFY(!isDone);
    // A new pool replaces the one that is blocked.
    pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!pool->start());
    std::promise<void> ran;
    pool->run([&ran] { ran.set_value(); });
    ran.get_future().wait();
    answer.set_value();
    QTRY_VERIFY(isDone);
}

void tst_WorkerPool::hasABoundedNumberOfThreads()
{
    const int spare = std::max(1, QThread::idealThreadCount() - 1);
    QCOMPARE(WorkerPool::shared(WorkerPool::Purpose::Hashing)->threadCount(), spare);
    QCOMPARE(WorkerPool::shared(WorkerPool::Purpose::Loading)->threadCount(), 4);
}

void tst_WorkerPool::releasesOnTheLoadingPool()
{
    std::atomic<std::thread::id> destroyer = {};
    auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!pool->start());
    WorkerPool::release(std::make_unique<Large>(&destroyer));
    pool.reset();
    QTRY_VERIFY(destroyer.load() != std::thread::id());
    QVERIFY(destroyer.load() != std::this_thread::get_id());
}

void tst_WorkerPool::releasesHereWithoutAPool()
{
    std::atomic<std::thread::id> destroyer = {};
    WorkerPool::release(std::make_unique<Large>(&destroyer));
    QCOMPARE(destroyer.load(), std::this_thread::get_id());
}

void tst_WorkerPool::releasedPointersPointToTheSame()
{
    std::atomic<std::thread::id> destroyer = {};
    auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!pool->start());
    auto large = std::make_shared<Large>(&destroyer);
    const Large *const raw = large.get();
    auto released = WorkerPool::releasedOnPool(std::move(large));
    QCOMPARE(released.get(), raw);
    auto copy = released;
    released.reset();
    QCOMPARE(destroyer.load(), std::thread::id());
    copy.reset();
    QVERIFY(!WorkerPool::releasedOnPool(std::shared_ptr<Large>()));
    pool.reset();
    QTRY_VERIFY(destroyer.load() != std::thread::id());
    QVERIFY(destroyer.load() != std::this_thread::get_id());
}

void tst_WorkerPool::isSharedFromManyThreads()
{
    std::atomic<int> count{0};
    std::array<std::thread, 4> users;
    for (std::thread &user : users) {
        user = std::thread([&count] {
            for (int i = 0; i < 200; ++i) {
                const auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
                (void)pool->start();
                pool->run([&count] { ++count; });
                WorkerPool::release(std::make_unique<int>(i));
            }
        });
    }
    for (std::thread &user : users)
        user.join();
    QTRY_COMPARE(count.load(), 800);
}

QTEST_GUILESS_MAIN(tst_WorkerPool)
#include "tst_workerpool.moc"
