// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_RETRYPAUSE_H
#define QZAP_BASE_RETRYPAUSE_H

#include <QtCore/qglobal.h>

#include <algorithm>
#include <optional>

namespace QZap::Internal {

// Determines when to retry after a failure: after a quarter of a second, then after twice as long
// with each failed retry, up to a minute. Times are those of a SteadyClock.
class RetryPause
{
public:
    static constexpr qint64 Shortest = 250'000'000;
    static constexpr qint64 Longest = 60'000'000'000;

    // A failure before the retry was due, caused by another event, changes nothing.
    void fail(qint64 now)
    {
        if (m_pause > 0 && now < m_due)
            return;
        m_pause = m_pause > 0 ? std::min(2 * m_pause, Longest) : Shortest;
        m_due = now + m_pause;
    }
    // Call this after a success, or if there is nothing to retry.
    void reset() { m_pause = 0; }

    bool isActive() const { return m_pause > 0; }
    bool isDue(qint64 now) const { return isActive() && now >= m_due; }
    std::optional<qint64> due() const
    {
        return isActive() ? std::optional<qint64>(m_due) : std::nullopt;
    }

private:
    qint64 m_pause = 0;
    qint64 m_due = 0;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_RETRYPAUSE_H
