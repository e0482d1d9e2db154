// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_RETRYTIMER_H
#define QZAP_BASE_RETRYTIMER_H

#include "base/eventloopwatch.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace QZap::Internal {

// Calls a function after a quarter of a second, then after twice as long with each further request,
// up to eight seconds.
class RetryTimer
{
public:
    // The timer is a child of the owner, so that it moves to another thread with the owner.
    template <typename Retry>
    RetryTimer(QObject *owner, Retry retry)
        : m_timer(owner)
    {
        m_timer.setSingleShot(true);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, std::move(retry));
        new EventLoopWatch(&m_timer, {[this] {
            if (m_timer.isActive())
                m_timer.start();
        }});
    }

    bool isActive() const { return m_timer.isActive(); }
    void schedule()
    {
        if (m_timer.isActive())
            return;
        m_timer.start(m_interval);
        m_interval = std::min(m_interval * 2, Longest);
    }
    // Call this if the function has succeeded, or is being called for another reason.
    void reset()
    {
        m_timer.stop();
        m_interval = Shortest;
    }

private:
    static constexpr std::chrono::milliseconds Shortest{250};
    static constexpr std::chrono::milliseconds Longest{8000};

    QTimer m_timer;
    std::chrono::milliseconds m_interval = Shortest;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_RETRYTIMER_H
