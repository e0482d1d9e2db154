// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/clock.h"

#include <QtCore/qdatetime.h>

#include <atomic>
#include <chrono>

namespace QZap::Internal {

namespace {

// How far the clocks are ahead of those of the system. The two values are independent of each other
// and of all other data.
std::atomic<qint64> wallShift{0};
std::atomic<qint64> steadyShift{0};

template <typename SystemClock>
qint64 nanosecondsOf()
{
    using namespace std::chrono;
    return duration_cast<nanoseconds>(SystemClock::now().time_since_epoch()).count();
}

} // namespace

qint64 Clock::wall()
{
    return nanosecondsOf<std::chrono::system_clock>() + wallShift.load(std::memory_order_relaxed);
}

// Does not use wall(): QDateTime may round differently.
qint64 Clock::wallMilliseconds()
{
    return QDateTime::currentMSecsSinceEpoch()
           + wallShift.load(std::memory_order_relaxed) / NanosecondsPerMillisecond;
}

qint64 Clock::steady()
{
    return nanosecondsOf<std::chrono::steady_clock>() + steadyShift.load(std::memory_order_relaxed);
}

void Clock::advance(qint64 nanoseconds)
{
    Q_ASSERT(nanoseconds >= 0);
    wallShift.fetch_add(nanoseconds, std::memory_order_relaxed);
    steadyShift.fetch_add(nanoseconds, std::memory_order_relaxed);
}

void Clock::setWall(qint64 nanoseconds)
{
    wallShift.store(nanoseconds - nanosecondsOf<std::chrono::system_clock>(),
                    std::memory_order_relaxed);
}

void Clock::resetWall()
{
    wallShift.store(0, std::memory_order_relaxed);
}

} // namespace QZap::Internal
