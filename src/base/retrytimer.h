// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_RETRYTIMER_H
#define QZAP_BASE_RETRYTIMER_H

#include "base/singleshottimer.h"

#include <QtCore/qobject.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace QZap::Internal {

// Calls a function after a quarter of a second, then after twice as long with each further request,
// up to eight seconds.
class RetryTimer
{
public:
    RetryTimer(QObject *owner, std::function<void()> retry)
        : m_timer(owner, std::move(retry))
    { }

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

    SingleShotTimer m_timer;
    std::chrono::milliseconds m_interval = Shortest;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_RETRYTIMER_H
