// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_POLLDISPATCHER_H
#define QZAP_BASE_POLLDISPATCHER_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_UNIX
#    include "base/filedescriptor.h"

#    include <QtCore/qabstracteventdispatcher.h>

#    include <atomic>
#    include <functional>
#    include <list>
#    include <mutex>
#    include <optional>
#    include <utility>
#    include <vector>

struct pollfd;

namespace QZap::Internal {

// An event dispatcher based on poll(2). Unlike those of Qt, which end the process if no descriptor
// is left, it reports beforehand whether it is usable. It runs the functions of its own queue
// whether or not there is an application object.
//
// If an event handler throws, usually because memory has run out, the dispatcher reports the loss
// of events to each EventLoopWatch of its thread, after a pause that becomes longer each time.
class PollDispatcher final : public QAbstractEventDispatcher
{
public:
    using Functions = std::list<std::function<void()>>;

    PollDispatcher();
    ~PollDispatcher() override;
    Q_DISABLE_COPY_MOVE(PollDispatcher)

    bool isValid() const { return m_wakeUp[0].isValid(); }
    // Returns the errno that explains why the dispatcher is invalid.
    int error() const { return m_error; }
    // Runs a function in the dispatcher's thread, in the order of the calls. A function that throws
    // is called again after a pause, and before later ones. Thread-safe.
    void run(std::function<void()> function) { run(Functions{std::move(function)}); }
    // Like the other overload, but cannot fail.
    void run(Functions functions) noexcept;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int id) override;
    void wakeUp() override;
    void interrupt() override;

private:
    struct Timer
    {
        int id = 0;
        qint64 interval = 0; // ms
        Qt::TimerType type = Qt::CoarseTimer;
        QObject *object = nullptr;
        qint64 due = 0; // by the steady clock
    };

    bool runFunctions();
    std::function<void()> &firstFunction();
    // Calls the function. Returns whether it has thrown.
    template <typename Function>
    bool fails(const Function &function) noexcept;
    void noteLoss() noexcept;
    // Reports the loss of events after the pause.
    void reportLoss() noexcept;
    bool processOnce(QEventLoop::ProcessEventsFlags flags);
    // Returns the timeout for poll(2) in milliseconds.
    int timeout();
    void wait(int milliseconds);
    bool activateNotifiers();
    bool activateTimers();

    FileDescriptor m_wakeUp[2]; // to read from, and to write to
    int m_error = 0;
    std::atomic<bool> m_isAwake{false};
    std::atomic<bool> m_isInterrupted{false};
    std::mutex m_mutex; // protects the functions
    Functions m_functions;
    bool m_isRunningFunction = false; // the first one
    qint64 m_functionsNotBefore = 0;
    std::vector<QSocketNotifier *> m_notifiers;
    std::vector<pollfd> m_polled; // the notifiers' descriptors first
    std::vector<Timer> m_timers;
    qint64 m_lossPause = 0;
    qint64 m_lossReportedAt = 0;
    std::optional<qint64> m_lossDue;
};

} // namespace QZap::Internal

#endif // Q_OS_UNIX

#endif // QZAP_BASE_POLLDISPATCHER_H
