// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/workerpool.h"

#include <QtCore/qthread.h>

#include <algorithm>
#include <chrono>
#include <type_traits>

#ifdef Q_OS_LINUX
#    include <pthread.h>
#endif

namespace QZap::Internal {

namespace {

// Loading is limited by the disk rather than by the processors. A file system that does not respond
// blocks one thread.
constexpr int LoadingThreads = 4;

// A program must be able to exit even if a file system does not respond.
constexpr std::chrono::seconds LongestWaitAtExit{5};

// A thread cannot join itself.
thread_local bool isPoolThread = false;

// Leaves one processor to the event loop.
int spareProcessors()
{
    return std::max(1, QThread::idealThreadCount() - 1);
}

std::thread startStandardThread(const std::function<void()> &run)
{
    return std::thread(run);
}

void nameThisThread(const char *name)
{
#ifdef Q_OS_LINUX
    pthread_setname_np(pthread_self(), name);
#else
    Q_UNUSED(name)
#endif
}

} // namespace

// Trivially destructible, and owns nothing once no user is left: objects of the application may be
// destroyed after the static ones of this library.
struct WorkerPool::Registry
{
    std::mutex mutex;
    WorkerPool *pool = nullptr;
    int users = 0;
    WorkerPool *ending = nullptr; // list of pools without a user that are not joined yet
    bool isAtExit = false;

    // Removes the pools that can be joined now, and returns them as a list.
    WorkerPool *takeEnding(bool evenBusy)
    {
        WorkerPool *taken = nullptr;
        for (WorkerPool **link = &ending; *link;) {
            WorkerPool *const each = *link;
            if (!evenBusy && !each->isIdle()) {
                link = &each->m_nextEnding;
                continue;
            }
            *link = each->m_nextEnding;
            each->m_nextEnding = std::exchange(taken, each);
        }
        return taken;
    }
    static void joinAll(WorkerPool *list)
    {
        while (list)
            delete std::exchange(list, list->m_nextEnding);
    }
};

// Joins the remaining threads when the program exits or the library is unloaded.
class WorkerPool::AtExit
{
public:
    ~AtExit()
    {
        for (const Purpose purpose : {Purpose::Loading, Purpose::Hashing}) {
            Registry &registry = registryOf(purpose);
            WorkerPool *left = nullptr;
            {
                const std::scoped_lock lock(registry.mutex);
                registry.isAtExit = true;
                left = registry.takeEnding(true);
            }
            while (WorkerPool *const pool = left) {
                left = pool->m_nextEnding;
                if (pool->hasEndedWithin(LongestWaitAtExit))
                    delete pool;
                else
                    pool->abandon();
            }
        }
    }
};

WorkerPool::Registry &WorkerPool::registryOf(Purpose purpose)
{
    static_assert(
        std::is_trivially_destructible_v<Registry> || !std::is_trivially_destructible_v<std::mutex>,
        "only the mutex may have a destructor, on systems where it does nothing");
    static Registry registries[2];
    return registries[purpose == Purpose::Loading ? 0 : 1];
}

void WorkerPool::joinAtExit()
{
    static const AtExit atExit;
}

std::shared_ptr<WorkerPool> WorkerPool::shared(Purpose purpose)
{
    Registry &registry = registryOf(purpose);
    joinAtExit();
    const auto release = [&registry](WorkerPool *pool) {
        WorkerPool *joined = nullptr;
        {
            const std::scoped_lock lock(registry.mutex);
            if (--registry.users > 0)
                return;
            registry.pool = nullptr;
            pool->end();
            // A busy pool is joined later, since this thread may run an event loop.
            pool->m_nextEnding = std::exchange(registry.ending, pool);
            joined = registry.takeEnding(registry.isAtExit && !isPoolThread);
        }
        Registry::joinAll(joined);
    };
    const std::scoped_lock lock(registry.mutex);
    if (!registry.pool) {
        registry.pool = purpose == Purpose::Loading
                            ? new WorkerPool("QZap loader", LoadingThreads)
                            : new WorkerPool("QZap hashing", spareProcessors());
    }
    ++registry.users;
    return {registry.pool, release};
}

// The job only destroys what it holds. If it is not run, its destructor does so.
void WorkerPool::releaseJob(Job &&job)
{
    Registry &registry = registryOf(Purpose::Loading);
    const std::scoped_lock lock(registry.mutex); // the pool must not be destroyed meanwhile
    if (registry.pool)
        registry.pool->run(std::move(job));
}

WorkerPool::WorkerPool(const char *name, int threadCount, StartThread startThread)
    : m_name(name)
    , m_wanted(threadCount)
    , m_startThread(startThread ? std::move(startThread) : StartThread(startStandardThread))
{ }

WorkerPool::~WorkerPool()
{
    end();
    for (std::thread &thread : m_threads)
        thread.join();
}

void WorkerPool::end()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_all();
}

bool WorkerPool::hasEndedWithin(std::chrono::seconds limit)
{
    std::unique_lock lock(m_mutex);
    return m_ended.wait_for(lock, limit, [this] { return m_endedThreads == m_threads.size(); });
}

// The threads continue with state that is never destroyed.
void WorkerPool::abandon()
{
    for (std::thread &thread : m_threads)
        thread.detach();
}

bool WorkerPool::isIdle()
{
    const std::scoped_lock lock(m_mutex);
    return m_runningJobs == 0 && (m_jobs.empty() || m_threads.empty());
}

std::error_code WorkerPool::start()
{
    const std::scoped_lock lock(m_mutex);
    try {
        m_threads.reserve(static_cast<std::size_t>(m_wanted));
        while (m_threads.size() < static_cast<std::size_t>(m_wanted))
            m_threads.push_back(m_startThread([this] { work(); }));
    } catch (const std::system_error &error) {
        if (m_threads.empty())
            return error.code();
    } catch (const std::bad_alloc &) {
        if (m_threads.empty())
            return std::make_error_code(std::errc::not_enough_memory);
    }
    return {};
}

void WorkerPool::run(Job &&job)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_one();
}

void WorkerPool::work()
{
    isPoolThread = true;
    nameThisThread(m_name);
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_isEnding || !m_jobs.empty(); });
        if (m_jobs.empty()) {
            ++m_endedThreads;
            m_ended.notify_all();
            return;
        }
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        ++m_runningJobs;
        lock.unlock();
        try {
            job();
        } catch (...) {
            // There is nobody to report it to.
        }
        job = nullptr; // without the lock, since destroying its contents may take long
        lock.lock();
        --m_runningJobs;
    }
}

} // namespace QZap::Internal
