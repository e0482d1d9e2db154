// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SINGLESHOTTIMER_H
#define QZAP_BASE_SINGLESHOTTIMER_H

#include "base/eventloopwatch.h"
#include "base/weakinvoker.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <functional>
#include <utility>

namespace QZap::Internal {

// Calls a function once, from the event loop of its thread. If the event loop ends before, the next
// one of the thread calls the function. It moves to another thread with its parent.
//
// A QTimer cannot be used instead: its properties use data of the thread that end with it, so that
// the program may crash if the thread is started again (Qt 6.4).
class SingleShotTimer final : public QObject
{
public:
    using Milliseconds = std::chrono::milliseconds;

    SingleShotTimer(QObject *parent, std::function<void()> timeout)
        : QObject(parent)
        , m_timeout(std::move(timeout))
    {
        new EventLoopWatch(this, {[this] { resume(); }, [this](const QObject *) { suspend(); }});
    }
    Q_DISABLE_COPY_MOVE(SingleShotTimer)

    bool isActive() const { return m_isActive; }
    void start(Milliseconds time, Qt::TimerType type = Qt::CoarseTimer)
    {
        m_end = QDeadlineTimer(time, type);
        m_isActive = true;
        resume();
    }
    void stop()
    {
        m_isActive = false;
        suspend();
    }

protected:
    // Otherwise, Qt would register the timer in the new thread later, even if it was stopped
    // meanwhile.
    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ThreadChange && m_id != 0) {
            suspend();
            callLater(this, [this] { resume(); });
        }
        return QObject::event(event);
    }
    void timerEvent(QTimerEvent *event) override
    {
        if (event->timerId() != m_id)
            return;
        stop();
        const std::function<void()> timeout = m_timeout;
        timeout(); // last: it may delete this object
    }

private:
    void suspend()
    {
        if (m_id != 0)
            killTimer(std::exchange(m_id, 0));
    }
    void resume()
    {
        suspend();
        // Without a dispatcher, Qt would print a warning.
        if (m_isActive && QAbstractEventDispatcher::instance(thread()))
            m_id = startTimer(Milliseconds(m_end.remainingTime()), m_end.timerType());
    }

    const std::function<void()> m_timeout;
    QDeadlineTimer m_end;
    bool m_isActive = false;
    int m_id = 0; // of the timer of the event loop
};

} // namespace QZap::Internal

#endif // QZAP_BASE_SINGLESHOTTIMER_H
