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
// unlike a thread of Qt, they need no event dispatcher, and so no descriptor. All of them are
// started at once, as early as their owner wishes, and run until the pool is destroyed.
//
// Thread-safe. A job must not destroy the pool that runs it.
class WorkerPool
{
public:
    using Job = std::function<void()>;
    // Returns a thread that runs the function, or throws std::system_error.
    using StartThread = std::function<std::thread(const std::function<void()> &run)>;

    enum class Purpose {
        Loading, // of files; also the release of what is too large for an event loop
        Hashing, // of passwords, which uses a processor for long
    };

    // Returns the library's own pool, which is made when there is none. Its threads are not started
    // yet. With the last pointer to it, its threads end as soon as they have done their jobs;
    // nobody waits for that, but for the end of the program, for a few seconds.
    [[nodiscard]] static std::shared_ptr<WorkerPool> shared(Purpose purpose);
    // Has what is left joined when the program ends, but after the objects that are being
    // constructed now: to be called by the constructors of those that use a pool.
    static void joinAtExit();
    // Destroys an object on the loading pool if there is one, otherwise here. For what is large.
    template <typename T>
    static void release(T object) noexcept
    {
        try {
            releaseJob([held = std::make_shared<T>(std::move(object))]() mutable { held.reset(); });
        } catch (const std::bad_alloc &) {
            // It is destroyed here.
        }
    }
    // Returns a pointer to the same object, which is released as above.
    template <typename T>
    [[nodiscard]] static std::shared_ptr<T> releasedOnPool(std::shared_ptr<T> object)
    {
        T *const raw = object.get();
        if (!raw)
            return object;
        // It keeps the pool, which is there to the end then.
        return {raw, [pool = shared(Purpose::Loading), held = std::move(object)](T *) mutable {
                    release(std::move(held));
                }};
    }

    WorkerPool(const char *name, int threadCount, StartThread startThread = {});
    // Runs what is queued if a thread was started, drops it otherwise; then joins the threads.
    ~WorkerPool();
    Q_DISABLE_COPY_MOVE(WorkerPool)

    int threadCount() const { return m_wanted; }
    // Starts the threads that are missing. Returns no error if at least one is running.
    std::error_code start();
    // Queues a job; it stays queued while no thread can be started. A job that throws ends there.
    void run(Job &&job);

private:
    struct Registry;
    class AtExit;

    static Registry &registryOf(Purpose purpose);
    static void releaseJob(Job &&job);
    void end();
    bool hasEndedWithin(std::chrono::seconds limit);
    void abandon();
    // Whether its threads end without delay.
    bool isIdle();
    void work();

    const char *const m_name;
    const int m_wanted;
    const StartThread m_startThread;
    std::mutex m_mutex; // of all that follows
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;
    std::vector<std::thread> m_threads;
    std::condition_variable m_ended;
    std::size_t m_endedThreads = 0;
    int m_runningJobs = 0;
    bool m_isEnding = false;
    WorkerPool *m_nextEnding = nullptr; // of the registry's list
};

} // namespace QZap::Internal

#endif // QZAP_BASE_WORKERPOOL_H
