// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_CLOCK_H
#define QZAP_BASE_CLOCK_H

#include <QtCore/qglobal.h>

// The clock is exported for the library QZap::Test only: it is not part of the public API.
#if defined(QZAP_STATIC)
#    define QZAP_CLOCK_EXPORT
#elif defined(QZAP_LIBRARY)
#    define QZAP_CLOCK_EXPORT Q_DECL_EXPORT
#else
#    define QZAP_CLOCK_EXPORT Q_DECL_IMPORT
#endif

namespace QZap::Internal {

// A clock that is passed as an argument, in nanoseconds.
using WallClock = qint64 (*)();
using SteadyClock = qint64 (*)();

// The time of the whole library. Thread-safe.
//
// Tests can shift it, so that hours pass at once. This does not affect waiting in the system:
// timers and the deadlines of waiting requests, threads, and connections that libzmq holds.
class QZAP_CLOCK_EXPORT Clock
{
public:
    // Returns nanoseconds since 1970. This clock can be set forward and back.
    static qint64 wall();
    // Returns the same time in milliseconds, rounded like by QDateTime.
    static qint64 wallMilliseconds();
    // Returns nanoseconds since a moment that is fixed while the process runs. This clock cannot be
    // set, so it is suitable for measuring pauses.
    static qint64 steady();

    // These functions are for tests, and take effect in all threads. Clocks continue from the new
    // time. Advances both clocks.
    static void advance(qint64 nanoseconds);
    // Sets only the wall clock, as an administrator sets that of the system.
    static void setWall(qint64 nanoseconds);
    // Sets the wall clock to that of the system. The steady clock never goes back.
    static void resetWall();

    static constexpr qint64 NanosecondsPerMillisecond = 1'000'000;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_CLOCK_H
