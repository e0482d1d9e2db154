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
#    include <mutex>
#    include <vector>

struct pollfd;

namespace QZap::Internal {

// An event dispatcher on poll(2). Unlike those of Qt, which end the process if no descriptor is
// left, it reports beforehand whether it is usable, and it runs the functions of its own queue
// whether or not there is an application object.
class PollDispatcher final : public QAbstractEventDispatcher
{
public:
    PollDispatcher();
    ~PollDispatcher() override;
    Q_DISABLE_COPY_MOVE(PollDispatcher)

    bool isValid() const { return m_wakeUp[0].isValid(); }
    // The errno that explains why it is not valid.
    int error() const { return m_error; }
    // Runs a function in the dispatcher's thread, in the order of the calls. Thread-safe.
    void run(std::function<void()> function);

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
    // In milliseconds, for poll(2).
    int timeout() const;
    void wait(int milliseconds);
    bool activateNotifiers();
    bool activateTimers();

    FileDescriptor m_wakeUp[2]; // to read from, and to write to
    int m_error = 0;
    std::atomic<bool> m_isAwake{false};
    std::atomic<bool> m_isInterrupted{false};
    std::mutex m_mutex; // protects the functions
    std::vector<std::function<void()>> m_functions;
    std::vector<QSocketNotifier *> m_notifiers;
    std::vector<pollfd> m_polled; // the notifiers' descriptors first
    std::vector<Timer> m_timers;
};

} // namespace QZap::Internal

#endif // Q_OS_UNIX

#endif // QZAP_BASE_POLLDISPATCHER_H
