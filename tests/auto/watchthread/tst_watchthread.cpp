// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/watchthread.h"

#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include "visiblesemaphore.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

using namespace QZap::Internal;

namespace {

// Blocks a thread until it is destroyed, like a file system that does not respond.
class Hang
{
public:
    explicit Hang(WatchThread &thread)
    {
        thread.run([semaphores = m_semaphores] {
            semaphores->begun.release();
            semaphores->mayEnd.acquire();
            semaphores->ended.release();
        });
        m_semaphores->begun.acquire();
    }
    ~Hang() { end(); }
    Q_DISABLE_COPY_MOVE(Hang)

    void end()
    {
        if (std::exchange(m_hasEnded, true))
            return;
        m_semaphores->mayEnd.release();
        m_semaphores->ended.acquire();
    }

private:
    struct Semaphores
    {
        VisibleSemaphore begun;
        VisibleSemaphore mayEnd;
        VisibleSemaphore ended;
    };

    const std::shared_ptr<Semaphores> m_semaphores = std::make_shared<Semaphores>();
    bool m_hasEnded = false;
};

} // namespace

class tst_WatchThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void runsFunctionsInOrder();
    void deliversTimers();
    void eachCallTakesADifferentThread();
    void doesNotDelayOthersIfBlocked();
    void endsWithoutWaiting();
    void destroysItsFunctionsBeforeItEnds();
    void sharesTheLeastUsedBeyondTheMaximum();
    void countsThreadsThatHaveNotEnded();

private:
    static QThread *threadOf(WatchThread &thread)
    {
        QThread *result = nullptr;
        VisibleSemaphore done;
        thread.run([&] {
            result = QThread::currentThread();
            done.release();
        });
        return done.tryAcquire(1, 10'000) ? result : nullptr;
    }
    // Returns a thread that no one else uses. If necessary, waits until the threads of earlier
    // tests have ended.
    static std::shared_ptr<WatchThread> takeUnused()
    {
        std::shared_ptr<WatchThread> thread;
        (void)QTest::qWaitFor(
            [&] {
                thread = WatchThread::take();
                return thread && thread.use_count() == 1;
            },
            10'000);
        return thread;
    }
    static std::vector<std::shared_ptr<WatchThread>> takeAll()
    {
        std::vector<std::shared_ptr<WatchThread>> threads;
        threads.reserve(WatchThread::MostUsed);
        for (int i = 0; i < WatchThread::MostUsed; ++i)
            threads.push_back(takeUnused());
        return threads;
    }
};

void tst_WatchThread::runsFunctionsInOrder()
{
    const auto thread = takeUnused();
    QVERIFY(thread);
    std::vector<int> order;
    VisibleSemaphore done;
    for (int i = 0; i < 100; ++i) {
        thread->run([&, i] {
            order.push_back(i);
            done.release();
        });
    }
    QVERIFY(done.tryAcquire(100, 10'000));
    QVERIFY(std::is_sorted(order.cbegin(), order.cend()));
}

void tst_WatchThread::deliversTimers()
{
    const auto thread = takeUnused();
    VisibleSemaphore done;
    thread->run([&done] { QTimer::singleShot(1, [&done] { done.release(); }); });
    QVERIFY(done.tryAcquire(1, 10'000));
}

void tst_WatchThread::eachCallTakesADifferentThread()
{
    const auto threads = takeAll();
    QSet<QThread *> all{nullptr, thread()};
    for (const auto &each : threads)
        all.insert(threadOf(*each));
    QCOMPARE(all.size(), WatchThread::MostUsed + 2);
}

void tst_WatchThread::doesNotDelayOthersIfBlocked()
{
    const auto hanging = takeUnused();
    const auto before = takeUnused();
    const Hang hang(*hanging);
    QVERIFY(threadOf(*before));
    QVERIFY(threadOf(*takeUnused()));
}

void tst_WatchThread::endsWithoutWaiting()
{
    auto thread = takeUnused();
    Hang hang(*thread);
    // The objects that a queued function holds remain valid.
    const auto held = std::make_shared<VisibleSemaphore>();
    thread->run([held] { held->release(); });
    thread.reset(); // returns at once
    QCOMPARE(held->available(), 0);
    hang.end();
    QVERIFY(held->tryAcquire(1, 10'000));
}

void tst_WatchThread::destroysItsFunctionsBeforeItEnds()
{
    const auto held = std::make_shared<int>();
    auto thread = takeUnused();
    for (int i = 0; i < 10; ++i)
        thread->run([held] {});
    thread.reset();
    QTRY_COMPARE(held.use_count(), 1);
}

void tst_WatchThread::sharesTheLeastUsedBeyondTheMaximum()
{
    const auto threads = takeAll();
    auto &fewest = threads[5];
    std::vector<std::shared_ptr<WatchThread>> more;
    for (const auto &each : threads) {
        if (each != fewest)
            more.push_back(each);
    }
    QCOMPARE(WatchThread::take(), fewest);
    more.push_back(fewest);
    for (int i = 0; i < WatchThread::MostUsed; ++i)
        more.push_back(WatchThread::take());
    for (const auto &each : threads)
        QCOMPARE(each.use_count(), 3);
    QVERIFY(threadOf(*more.back()));
}

void tst_WatchThread::countsThreadsThatHaveNotEnded()
{
    std::vector<std::unique_ptr<Hang>> hangs;
    for (int i = 0; i < 2; ++i) {
        const auto threads = takeAll();
        for (const auto &each : threads)
            hangs.push_back(std::make_unique<Hang>(*each));
    }
    QCOMPARE(hangs.size(), static_cast<size_t>(WatchThread::Most));
    QVERIFY(!WatchThread::take());
    hangs.pop_back();
    const auto thread = takeUnused();
    QVERIFY(thread);
    QVERIFY(threadOf(*thread));
    QCOMPARE(WatchThread::take(), thread);
}

QTEST_GUILESS_MAIN(tst_WatchThread)
#include "tst_watchthread.moc"
