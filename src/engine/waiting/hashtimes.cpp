// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/hashtimes.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

// Adds a margin: few checks take longer than the longest of the kept ones. Timers count
// milliseconds.
constexpr HashTimes::Duration withMargin(HashTimes::Duration duration)
{
    return duration + duration / 4 + std::chrono::milliseconds(1);
}

} // namespace

HashTimes::Duration HashTimes::Times::longest() const
{
    return *std::max_element(durations.begin(), durations.end());
}

void HashTimes::add(PasswordHash::Parameters parameters, Duration duration, Clock::time_point now)
{
    // Every reload of a file may introduce further parameters.
    if (m_times.size() >= MaximumParameters && !m_times.contains(parameters))
        m_times.clear();
    Times &times = m_times[parameters];
    times.durations[times.next] = duration;
    times.next = (times.next + 1) % Kept;
    times.last = now;
}

bool HashTimes::isStale(PasswordHash::Parameters parameters, Clock::time_point now) const
{
    const auto times = m_times.constFind(parameters);
    return times == m_times.constEnd() || now - times->last > Lifetime;
}

HashTimes::Duration HashTimes::refusalTime(PasswordHash::Parameters mostExpensive) const
{
    const auto times = m_times.constFind(mostExpensive);
    return times == m_times.constEnd() ? Duration(0) : withMargin(times->longest());
}

// The time of a hash grows with its cost.
HashTimes::Duration HashTimes::estimate(PasswordHash::Parameters mostExpensive,
                                        PasswordHash::Parameters measured, Duration duration)
{
    const double ratio = static_cast<double>(mostExpensive.cost())
                         / static_cast<double>(std::max<quint64>(measured.cost(), 1));
    return withMargin(std::chrono::duration_cast<Duration>(duration * std::max(ratio, 1.0)));
}

} // namespace QZap::Internal
