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

// Loading is limited by the disk rather than by the processors.
constexpr int LoadingThreads = 4;
// A location on a file system that does not respond blocks one thread.
constexpr int MostLoadingThreads = 32;

// A program must be able to exit even if a file system does not respond. This is the time for all
// pools together.
constexpr std::chrono::seconds LongestWaitAtExit{5};

// A thread cannot join itself.
thread_local bool isPoolThread = false;

// Returns the number of processors without one, which is left to the event loop.
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

// Trivially destructible, and owns nothing when there are no users: objects of the application may
// be destroyed after the static objects of this library.
struct WorkerPool::Registry
{
    std::mutex mutex;
    WorkerPool *pool = nullptr;
    int users = 0;
};

// The pools that are not joined yet. Trivially destructible as well.
struct WorkerPool::Retired
{
    std::mutex mutex;
    WorkerPool *first = nullptr;
    bool isAtExit = false;

    WorkerPool *takeFirst()
    {
        const std::scoped_lock lock(mutex);
        WorkerPool *const taken = first;
        if (taken)
            first = taken->m_nextRetired;
        return taken;
    }
    // Removes the pools that can be joined now, and returns them as a list.
    WorkerPool *takeIdle()
    {
        const std::scoped_lock lock(mutex);
        WorkerPool *taken = nullptr;
        for (WorkerPool **link = &first; *link;) {
            WorkerPool *const each = *link;
            if (!each->isIdle()) {
                link = &each->m_nextRetired;
                continue;
            }
            *link = each->m_nextRetired;
            each->m_nextRetired = std::exchange(taken, each);
        }
        return taken;
    }
    void joinIdle()
    {
        WorkerPool *list = takeIdle();
        while (list)
            delete std::exchange(list, list->m_nextRetired);
    }
    // The end of one pool may retire another.
    void joinAll()
    {
        const auto limit = std::chrono::steady_clock::now() + LongestWaitAtExit;
        while (WorkerPool *const pool = takeFirst()) {
            const auto own = std::chrono::steady_clock::now() + pool->m_longestWaitAtExit;
            if (pool->hasEndedBefore(std::min(limit, own)))
                delete pool;
            else
                pool->abandon();
        }
    }
};

// Joins the remaining threads when the program exits or the library is unloaded.
class WorkerPool::AtExit
{
public:
    ~AtExit()
    {
        {
            const std::scoped_lock lock(retired().mutex);
            retired().isAtExit = true;
        }
        retired().joinAll();
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

WorkerPool::Retired &WorkerPool::retired()
{
    static_assert(
        std::is_trivially_destructible_v<Retired> || !std::is_trivially_destructible_v<std::mutex>,
        "only the mutex may have a destructor, on systems where it does nothing");
    static Retired pools;
    return pools;
}

void WorkerPool::joinAtExit()
{
    static const AtExit atExit;
}

void WorkerPool::retire(std::unique_ptr<WorkerPool> pool) noexcept
{
    joinAtExit();
    pool->end();
    Retired &pools = retired();
    bool isAtExit = false;
    {
        const std::scoped_lock lock(pools.mutex);
        pool->m_nextRetired = pools.first;
        pools.first = pool.release();
        isAtExit = pools.isAtExit;
    }
    if (isPoolThread)
        return; // the pool may be this thread's own
    if (isAtExit)
        pools.joinAll();
    else
        pools.joinIdle(); // a busy pool is joined later, since this thread may run an event loop
}

// Retires a shared pool with its last user.
class WorkerPool::User
{
public:
    explicit User(Registry &registry)
        : m_registry(registry)
    { }
    ~User()
    {
        if (!m_pool)
            return;
        {
            const std::scoped_lock lock(m_registry.mutex);
            if (--m_registry.users > 0)
                return;
            m_registry.pool = nullptr;
        }
        retire(std::unique_ptr<WorkerPool>(m_pool));
    }
    Q_DISABLE_COPY_MOVE(User)

    // The registry must be locked.
    void use(WorkerPool *pool)
    {
        ++m_registry.users;
        m_pool = pool;
    }

private:
    Registry &m_registry;
    WorkerPool *m_pool = nullptr;
};

std::shared_ptr<WorkerPool> WorkerPool::shared(Purpose purpose)
{
    Registry &registry = registryOf(purpose);
    joinAtExit();
    // Allocated before the registry is locked, since memory may run out.
    const auto user = std::make_shared<User>(registry);
    const std::scoped_lock lock(registry.mutex);
    if (!registry.pool) {
        registry.pool = purpose == Purpose::Loading
                            ? new WorkerPool("QZap loader", LoadingThreads, {MostLoadingThreads})
                            : new WorkerPool("QZap hashing", spareProcessors());
    }
    user->use(registry.pool);
    return {user, registry.pool};
}

// The job only destroys its contents. If it is not run, its destructor does so.
void WorkerPool::releaseJob(Job &&job)
{
    Registry &registry = registryOf(Purpose::Loading);
    const std::scoped_lock lock(registry.mutex); // the pool must not be destroyed meanwhile
    if (registry.pool)
        registry.pool->run(std::move(job));
}

WorkerPool::WorkerPool(const char *name, int threadCount, StartThread startThread)
    : WorkerPool(name, threadCount, Growth(), std::move(startThread))
{ }

WorkerPool::WorkerPool(const char *name, int threadCount, Growth growth, StartThread startThread)
    : m_name(name)
    , m_wanted(threadCount)
    , m_growth(growth)
    , m_startThread(startThread ? std::move(startThread) : StartThread(startStandardThread))
{ }

WorkerPool::~WorkerPool()
{
    end(); // from now on, no thread is added
    for (std::thread &thread : m_threads)
        thread.join();
    if (m_overseer.joinable())
        m_overseer.join();
}

void WorkerPool::end()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_all();
    m_isShort.notify_all();
}

bool WorkerPool::hasEndedBefore(std::chrono::steady_clock::time_point limit)
{
    Lock lock(m_mutex);
    return m_ended.wait_until(lock, limit, [this] { return m_endedThreads == runningThreads(); });
}

// The threads continue with state that is never destroyed.
void WorkerPool::abandon()
{
    for (std::thread &thread : m_threads)
        thread.detach();
    if (m_overseer.joinable())
        m_overseer.detach();
}

bool WorkerPool::isIdle()
{
    const std::scoped_lock lock(m_mutex);
    return m_runningJobs == 0 && (m_jobs.empty() || m_threads.empty());
}

std::error_code WorkerPool::start()
{
    const auto wanted = static_cast<std::size_t>(m_wanted);
    const auto most = static_cast<std::size_t>(std::max(m_wanted, m_growth.most));
    const std::scoped_lock lock(m_mutex);
    try {
        m_threads.reserve(most);
        if (m_threads.empty())
            addThread();
        // The second thread to be started: it can start the others later.
        if (most > wanted && !m_overseer.joinable())
            m_overseer = m_startThread([this] { oversee(); });
        while (m_threads.size() < wanted)
            addThread();
    } catch (const std::system_error &error) {
        if (m_threads.empty())
            return error.code();
    } catch (const std::bad_alloc &) {
        if (m_threads.empty())
            return std::make_error_code(std::errc::not_enough_memory);
    }
    return {};
}

void WorkerPool::addThread()
{
    m_threads.push_back(m_startThread([this] { work(); }));
}

// Adds as many threads as possible.
void WorkerPool::addThreads(std::size_t count)
{
    const auto most = static_cast<std::size_t>(m_growth.most);
    try {
        for (; count > 0 && m_threads.size() < most; --count)
            addThread();
    } catch (...) {
        // The caller tries again later.
    }
}

void WorkerPool::run(Job &&job)
{
    bool isShort = false;
    {
        const std::scoped_lock lock(m_mutex);
        m_jobs.push_back(std::move(job));
        if (m_jobs.size() == 1)
            m_waitingSince = std::chrono::steady_clock::now();
        isShort = m_jobs.size() + m_runningJobs > m_threads.size();
    }
    m_changed.notify_one();
    if (isShort)
        m_isShort.notify_one();
}

void WorkerPool::work()
{
    isPoolThread = true;
    nameThisThread(m_name);
    Lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_isEnding || !m_jobs.empty(); });
        if (m_jobs.empty())
            return leave(lock);
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        m_waitingSince = std::chrono::steady_clock::now();
        ++m_runningJobs;
        lock.unlock();
        try {
            job();
        } catch (...) {
            // An exception cannot be reported to anybody.
        }
        job = nullptr; // without the lock, since destroying its contents may take long
        lock.lock();
        --m_runningJobs;
    }
}

void WorkerPool::oversee()
{
    nameThisThread(m_name);
    Lock lock(m_mutex);
    while (!m_isEnding) {
        const auto now = std::chrono::steady_clock::now();
        const auto due = m_waitingSince + m_growth.stuckAfter;
        if (m_jobs.empty() || m_threads.size() >= static_cast<std::size_t>(m_growth.most)) {
            m_isShort.wait(lock);
        } else if (now < due) {
            m_isShort.wait_until(lock, due);
        } else {
            m_waitingSince = now; // also the pause if no thread can be started
            addThreads(m_jobs.size());
        }
    }
    leave(lock);
}

void WorkerPool::leave(const Lock & /*lock*/)
{
    ++m_endedThreads;
    m_ended.notify_all();
}

} // namespace QZap::Internal
