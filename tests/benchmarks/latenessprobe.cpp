// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "latenessprobe.h"

#include <QtCore/qfile.h>

#include <algorithm>
#include <utility>

namespace {
constexpr std::chrono::milliseconds Interval(5);

// Returns how long the calling thread has been ready, but not running, in total; 0 if that is not
// known.
double queuedSeconds()
{
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * 1e-9;
}

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
    m_queuedBefore = queuedSeconds();
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
    const double lateness = std::max(late.count(), 0.0);
    const double queued = queuedSeconds();
    const double queuedSince = queued - std::exchange(m_queuedBefore, queued);
    m_timeouts.append({at.count(), lateness, std::min(queuedSince, lateness)});
    // Skips missed timeouts, like Qt.
    m_expected += Interval;
    if (m_expected < now)
        m_expected = now + Interval;
}
