// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H
#define QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H

#include <QtCore/qglobal.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

class PollDispatcher;

// The thread in which files are watched, so that an application's event loop cannot delay changes.
// It is shared, and ends with the last pointer to it.
class WatchThread
{
public:
    // Returns null if the thread cannot be started now.
    [[nodiscard]] static std::shared_ptr<WatchThread> shared();

    ~WatchThread();
    Q_DISABLE_COPY_MOVE(WatchThread)

    // Runs a function in the thread, in the order of the calls. Thread-safe.
    void run(std::function<void()> function);

private:
    class Thread;

    WatchThread();

    PollDispatcher *m_dispatcher = nullptr; // the thread's
    std::unique_ptr<Thread> m_thread;       // null if it could not be started
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_WATCHTHREAD_H
