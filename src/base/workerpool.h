// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_WORKERPOOL_H
#define QZAP_BASE_WORKERPOOL_H

#include <QtCore/qglobal.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace QZap::Internal {

// Threads that run jobs in the order in which they were queued. They wait on a condition variable:
// unlike Qt's threads, they need no event dispatcher, and therefore no descriptor. start() starts
// all of them; they run until the pool is destroyed.
//
// A pool that can grow has one more thread, which runs no jobs: if all other threads are blocked
// while jobs wait, it starts a thread for each of these jobs. These threads also run until the pool
// is destroyed.
//
// Thread-safe. A job must not destroy the pool that runs it.
class WorkerPool
{
public:
    using Job = std::function<void()>;
    // Returns a thread that runs the function, or throws std::system_error.
    using StartThread = std::function<std::thread(const std::function<void()> &run)>;

    struct Growth
    {
        int most = 0; // threads that run jobs; not larger than the usual count: no growth
        std::chrono::milliseconds stuckAfter{1000}; // if no thread takes a job for this time
    };

    enum class Purpose {
        Loading, // files; also destroys objects that are too large for an event loop
        Hashing, // passwords, which occupies a processor for a long time
    };

    // Returns the library's own pool, which is created if there is none, without starting its
    // threads. After the last pointer is released, it is retired.
    [[nodiscard]] static std::shared_ptr<WorkerPool> shared(Purpose purpose);
    // Ends the threads when their jobs are done, without waiting: the pool is destroyed later. Only
    // the exit of the program waits, for a few seconds; a pool that is still busy then is never
    // destroyed.
    static void retire(std::unique_ptr<WorkerPool> pool) noexcept;
    // Arranges that remaining threads are joined at exit, after the destruction of the objects that
    // are being constructed now. Called by the constructors of objects that use a pool.
    static void joinAtExit();
    // Destroys a large object on the loading pool if there is one, otherwise here.
    template <typename T>
    static void release(T object) noexcept
    {
        try {
            releaseJob([held = std::make_shared<T>(std::move(object))]() mutable { held.reset(); });
        } catch (const std::bad_alloc &) {
            // The object is destroyed here.
        }
    }
    // Returns a pointer to the same object, which is released as above.
    template <typename T>
    [[nodiscard]] static std::shared_ptr<T> releasedOnPool(std::shared_ptr<T> object)
    {
        T *const raw = object.get();
        if (!raw)
            return object;
        // It holds the pool, which therefore exists when the object is released.
        return {raw, [pool = shared(Purpose::Loading), held = std::move(object)](T *) mutable {
                    release(std::move(held));
                }};
    }

    WorkerPool(const char *name, int threadCount, StartThread startThread = {});
    WorkerPool(const char *name, int threadCount, Growth growth, StartThread startThread = {});
    // Runs the queued jobs if a thread was started, otherwise drops them; then joins the threads.
    ~WorkerPool();
    Q_DISABLE_COPY_MOVE(WorkerPool)

    int threadCount() const { return m_wanted; }
    // Sets how long the exit of the program waits for this pool, if the time for all pools is not
    // shorter. Called before start().
    void setLongestWaitAtExit(std::chrono::milliseconds time) { m_longestWaitAtExit = time; }
    // Starts the missing threads. Returns no error if at least one is running.
    std::error_code start();
    // Queues a job, which remains queued until a thread can be started. Exceptions of a job are
    // ignored.
    void run(Job &&job);

private:
    struct Registry;
    struct Retired;
    class AtExit;
    class User;
    using Lock = std::unique_lock<std::mutex>;

    static Registry &registryOf(Purpose purpose);
    static Retired &retired();
    static void releaseJob(Job &&job);
    // The threads whose end the destructor waits for.
    std::size_t runningThreads() const
    {
        return m_threads.size() + (m_overseer.joinable() ? 1 : 0);
    }
    void end();
    bool hasEndedBefore(std::chrono::steady_clock::time_point limit);
    void abandon();
    // Returns whether the threads will end without delay.
    bool isIdle();
    void addThread();
    void addThreads(std::size_t count);
    void work();
    void oversee();
    void leave(const Lock &lock);

    const char *const m_name;
    const int m_wanted;
    const Growth m_growth;
    const StartThread m_startThread;
    std::chrono::milliseconds m_longestWaitAtExit = std::chrono::hours(1);
    std::mutex m_mutex; // protects all following members
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;
    std::vector<std::thread> m_threads;
    std::thread m_overseer; // of a pool that can grow
    std::condition_variable m_isShort;
    std::chrono::steady_clock::time_point m_waitingSince; // while no job is taken
    std::condition_variable m_ended;
    std::size_t m_endedThreads = 0;
    std::size_t m_runningJobs = 0;
    bool m_isEnding = false;
    WorkerPool *m_nextRetired = nullptr;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_WORKERPOOL_H
