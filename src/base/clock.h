// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_CLOCK_H
#define QZAP_BASE_CLOCK_H

#include <QtCore/qglobal.h>

// Exported for the library QZap::Test, and in no public header.
#if defined(QZAP_STATIC)
#    define QZAP_CLOCK_EXPORT
#elif defined(QZAP_LIBRARY)
#    define QZAP_CLOCK_EXPORT Q_DECL_EXPORT
#else
#    define QZAP_CLOCK_EXPORT Q_DECL_IMPORT
#endif

namespace QZap::Internal {

// A clock that a caller passes on, in nanoseconds.
using WallClock = qint64 (*)();
using SteadyClock = qint64 (*)();

// The time of the whole library. Thread-safe.
//
// Tests can shift it, so that hours pass at once. What waits in the system does not notice: timers
// and the deadlines of waiting requests, threads, connections that libzmq holds.
class QZAP_CLOCK_EXPORT Clock
{
public:
    // Returns nanoseconds since 1970. This clock can be set, also back.
    static qint64 wall();
    // The same in milliseconds, as QDateTime counts them.
    static qint64 wallMilliseconds();
    // Returns nanoseconds since a moment that is fixed while the process runs. This clock cannot be
    // set, so that pauses can be measured by it.
    static qint64 steady();

    // These three are for tests, and take effect in all threads. Clocks go on from the new time.
    // Lets time pass on both clocks.
    static void advance(qint64 nanoseconds);
    // Sets the wall clock alone, as an administrator sets that of the system.
    static void setWall(qint64 nanoseconds);
    // Sets the wall clock to that of the system. The steady clock never goes back.
    static void resetWall();

    static constexpr qint64 NanosecondsPerMillisecond = 1'000'000;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_CLOCK_H
