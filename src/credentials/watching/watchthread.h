// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H
#define QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H

#include <QtCore/qglobal.h>

#include <functional>
#include <list>
#include <memory>
#include <utility>

namespace QZap::Internal {

class PollDispatcher;
class WorkerPool;

// A thread in which files are watched, so that an application's event loop cannot delay changes.
// Each location has its own, since a file system that does not respond blocks the thread.
//
// The thread ends after the last pointer to it is released and the queued functions have run.
// Nothing waits for this, except that the exit of the program waits for a few seconds.
class WatchThread
{
public:
    using Functions = std::list<std::function<void()>>;

    // The maximum number of threads that have users.
    static constexpr int MostUsed = 32;
    // The maximum number of threads, including those that have not ended yet.
    static constexpr int Most = 2 * MostUsed;

    // Starts a thread. If there are too many, or it cannot be started, returns the one with the
    // fewest users, or null if none has a user.
    [[nodiscard]] static std::shared_ptr<WatchThread> take();

    ~WatchThread();
    Q_DISABLE_COPY_MOVE(WatchThread)

    // Runs a function in the thread, in the order of the calls. A function that throws is called
    // again later, and before later ones. Thread-safe.
    void run(std::function<void()> function) { run(prepare(std::move(function))); }
    // Prepares a function to be run later, which then cannot fail.
    [[nodiscard]] static Functions prepare(std::function<void()> function);
    void run(Functions functions) noexcept;

private:
    struct Slot;

    WatchThread(PollDispatcher *dispatcher, std::unique_ptr<WorkerPool> pool);

    static std::shared_ptr<WatchThread> start(Slot &slot);

    PollDispatcher *const m_dispatcher; // the thread's
    std::unique_ptr<WorkerPool> m_pool; // one thread that runs an event loop
    Functions m_end;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H
