// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/watchthread.h"

#include "base/polldispatcher.h"
#include "base/tsanhandover.h"
#include "base/workerpool.h"
#ifdef Q_OS_LINUX
#    include "credentials/watching/inotifyhub.h"
#endif

#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>

#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

namespace QZap::Internal {

#ifdef Q_OS_UNIX

struct WatchThread::Slot
{
    std::weak_ptr<WatchThread> thread;
    std::weak_ptr<const int> running; // held by the thread until it ends
};

namespace {

// If memory runs out, the thread begins later.
constexpr std::chrono::milliseconds StartPause{250};

// Calls the function until it does not throw.
template <typename Function>
void callUntilDone(Function function) noexcept
{
    for (;;) {
        try {
            return function();
        } catch (...) {
            std::this_thread::sleep_for(StartPause);
        }
    }
}

// The dispatcher is destroyed with the thread.
void runEventLoop(PollDispatcher *dispatcher) noexcept
{
    takeOver();
    callUntilDone([dispatcher] { QThread::currentThread()->setEventDispatcher(dispatcher); });
#    ifdef Q_OS_LINUX
    InotifyHub::shareInThisThread();
#    endif
    callUntilDone([] { QEventLoop().exec(); });
    handOver();
}

} // namespace

WatchThread::WatchThread(PollDispatcher *dispatcher, std::unique_ptr<WorkerPool> pool)
    : m_dispatcher(dispatcher)
    , m_pool(std::move(pool))
    , m_end(prepare([] { QThread::currentThread()->quit(); }))
{ }

WatchThread::~WatchThread()
{
    // This function is the last in the queue, so that all watches are destroyed before the thread
    // ends.
    run(std::move(m_end));
    WorkerPool::retire(std::move(m_pool));
}

WatchThread::Functions WatchThread::prepare(std::function<void()> function)
{
    return {HandedOver(std::move(function))};
}

void WatchThread::run(Functions functions) noexcept
{
    handOver();
    m_dispatcher->run(std::move(functions));
}

std::shared_ptr<WatchThread> WatchThread::start(Slot &slot)
{
    auto dispatcher = std::make_unique<PollDispatcher>();
    auto pool = std::make_unique<WorkerPool>("QZap watching", 1);
    if (!dispatcher->isValid() || pool->start())
        return nullptr;
    auto running = std::make_shared<const int>();
    slot.running = running;
    dispatcher->moveToThread(nullptr); // so that the thread can take it
    handOver();
    // Allocated before the thread takes the dispatcher, since memory may run out.
    std::shared_ptr<WatchThread> result(new WatchThread(dispatcher.get(), std::move(pool)));
    result->m_pool->run(
        [raw = dispatcher.get(), running = std::move(running)] { runEventLoop(raw); });
    (void)dispatcher.release();
    slot.thread = result;
    return result;
}

std::shared_ptr<WatchThread> WatchThread::take()
{
    static std::mutex mutex;
    static Slot slots[Most];
    const std::scoped_lock lock(mutex);
    std::shared_ptr<WatchThread> leastUsed;
    Slot *free = nullptr;
    int used = 0;
    for (Slot &slot : slots) {
        if (slot.running.expired())
            free = &slot;
        std::shared_ptr<WatchThread> thread = slot.thread.lock();
        if (!thread)
            continue;
        ++used;
        if (!leastUsed || thread.use_count() < leastUsed.use_count())
            leastUsed = std::move(thread);
    }
    std::shared_ptr<WatchThread> result;
    if (free && used < MostUsed)
        result = start(*free);
    return result ? result : leastUsed;
}

#else // files are watched in the thread of their users

WatchThread::~WatchThread() = default;

WatchThread::Functions WatchThread::prepare(std::function<void()> function)
{
    return {std::move(function)};
}

void WatchThread::run(Functions functions) noexcept
{
    for (const auto &function : functions)
        function();
}

std::shared_ptr<WatchThread> WatchThread::take()
{
    return nullptr;
}

#endif

} // namespace QZap::Internal
