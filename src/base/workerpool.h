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
// unlike Qt's threads, they need no event dispatcher, and so no descriptor. start() starts all of
// them; they run until the pool is destroyed.
//
// Thread-safe. A job must not destroy the pool that runs it.
class WorkerPool
{
public:
    using Job = std::function<void()>;
    // Returns a thread that runs the function, or throws std::system_error.
    using StartThread = std::function<std::thread(const std::function<void()> &run)>;

    enum class Purpose {
        Loading, // files; also destroys objects that are too large for an event loop
        Hashing, // passwords, which occupies a processor for long
    };

    // Returns the library's own pool, which is created if there is none, without starting its
    // threads. After the last pointer is released, the threads end when their jobs are done. Only
    // the exit of the program waits for that, for a few seconds.
    [[nodiscard]] static std::shared_ptr<WorkerPool> shared(Purpose purpose);
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
    // Runs the queued jobs if a thread was started, otherwise drops them; then joins the threads.
    ~WorkerPool();
    Q_DISABLE_COPY_MOVE(WorkerPool)

    int threadCount() const { return m_wanted; }
    // Starts the missing threads. Returns no error if at least one is running.
    std::error_code start();
    // Queues a job, which stays queued until a thread can be started. Exceptions of a job are
    // ignored.
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
    std::mutex m_mutex; // protects all following members
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;
    std::vector<std::thread> m_threads;
    std::condition_variable m_ended;
    std::size_t m_endedThreads = 0;
    int m_runningJobs = 0;
    bool m_isEnding = false;
    WorkerPool *m_nextEnding = nullptr; // in the registry's list
};

} // namespace QZap::Internal

#endif // QZAP_BASE_WORKERPOOL_H
