// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "latenessprobe.h"

#include <algorithm>

namespace {
constexpr std::chrono::milliseconds Interval(5);
} // namespace

LatenessProbe::LatenessProbe(QObject *parent)
    : QObject(parent)
    , m_timer(this) // a child, to be moved with its parent
{
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &LatenessProbe::timedOut);
}

void LatenessProbe::start()
{
    m_timeouts.clear();
    m_timer.start(Interval);
    m_expected = Clock::now() + Interval;
}

QList<LatenessProbe::Timeout> LatenessProbe::stop()
{
    m_timer.stop();
    return std::exchange(m_timeouts, {});
}

void LatenessProbe::timedOut()
{
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> late = now - m_expected;
    const std::chrono::duration<double> at = now.time_since_epoch();
    m_timeouts.append({at.count(), std::max(late.count(), 0.0)});
    // Like Qt, skips a missed timeout.
    m_expected += Interval;
    if (m_expected < now)
        m_expected = now + Interval;
}
