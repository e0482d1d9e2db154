// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_WORKSLICES_H
#define QZAP_GUARD_WORKSLICES_H

#include "base/clock.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qglobal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace QZap::Internal {

// The time of work that is done in slices, one in each turn of the event loop.
//
// A slice takes a millisecond. If the turns of the loop take long, so that the rest of the work has
// waited for some time, a slice takes a sixteenth of that time, up to 50 ms: whatever keeps the
// loop busy, the work is done sooner than more of it arrives.
class WorkSlices
{
public:
    using Nanoseconds = std::chrono::nanoseconds;

    explicit WorkSlices(SteadyClock clock = Clock::steady)
        : m_clock(clock)
    { }

    // Tests set 0, for slices of a single step.
    void setLength(Nanoseconds length) { m_length = length; }
    // Starts a slice, and returns how long it may take. Its last step may exceed that.
    Nanoseconds start()
    {
        const std::optional<qint64> since = std::exchange(m_waitingSince, std::nullopt);
        const qint64 waited = since ? m_clock() - *since : 0;
        constexpr qint64 Sixteen = 16 * Clock::NanosecondsPerMillisecond;
        return m_length * std::clamp<qint64>(waited / Sixteen, 1, MaximumFactor);
    }
    QDeadlineTimer startTimer() { return {start(), Qt::PreciseTimer}; }
    // The rest of the work waits for the next slice.
    void suspend() { m_waitingSince = m_clock(); }

private:
    static constexpr qint64 MaximumFactor = 50;

    SteadyClock m_clock;
    Nanoseconds m_length{std::chrono::milliseconds(1)};
    std::optional<qint64> m_waitingSince;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_WORKSLICES_H
