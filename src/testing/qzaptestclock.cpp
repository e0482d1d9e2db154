// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzaptestclock.h>

#include "base/clock.h"
#include "base/utc.h"

#include <algorithm>

using QZap::Internal::Clock;

namespace {

// A clock in nanoseconds cannot show times after 2262.
constexpr qint64 Earliest = -3'155'673'600'000; // 1870-01-01, in ms since 1970
constexpr qint64 Latest = 8'835'955'200'000;    // 2250-01-01

} // namespace

/*!
    \class QZapTestClock
    \inmodule QZap
    \inheaderfile QZap/QZapTestClock
    \since 0.1
    \brief The QZapTestClock class sets the time of QZap in a test.

    QZap compares the time at which a key expires with the wall clock, and measures a lockout with
    a clock that cannot be set. setTime() sets the wall clock, and advance() advances both, so that
    a test can see a key expire without waiting:

    \snippet testing/tst_rules.cpp clock

    The clocks go on from the new time. They apply to all authenticators of the process, in all
    threads, and to nothing else. Timers, the deadlines of providers, and libzmq use the clock of
    the system.

    When the object is destroyed, the wall clock is that of the system again. The other clock is not
    set back: a lock that has ended because of advance() remains ended. There should be only one
    object at a time.

    The class is part of the library \c{QZap::Test}; see \l{Testing Your Rules}.
*/

/*!
    Constructs a clock that shows the time of the system.
*/
QZapTestClock::QZapTestClock() = default;

/*!
    Constructs a clock, and sets it to \a time. Prints a warning if setTime() refuses the time.
*/
QZapTestClock::QZapTestClock(const QDateTime &time)
{
    if (!setTime(time)) {
        qWarning("QZapTestClock: the time \"%ls\" is invalid, or not from 1870 to 2249; the clock "
                 "shows the time of the system",
                 qUtf16Printable(time.toString(Qt::ISODate)));
    }
}

/*!
    Sets the wall clock to that of the system.
*/
QZapTestClock::~QZapTestClock()
{
    Clock::resetWall();
}

/*!
    Returns the time of the wall clock, in UTC.

    \sa setTime()
*/
QDateTime QZapTestClock::time() const
{
    return QZap::Internal::utcTime(Clock::wall() / Clock::NanosecondsPerMillisecond);
}

/*!
    Sets the wall clock to \a time, from which it goes on. It can be set back. Returns \c false, and
    changes nothing, if \a time is invalid, or not from 1870 to 2249.

    \sa time()
*/
bool QZapTestClock::setTime(const QDateTime &time)
{
    if (!time.isValid() || time.toMSecsSinceEpoch() < Earliest
        || time.toMSecsSinceEpoch() >= Latest) {
        return false;
    }
    Clock::setWall(time.toMSecsSinceEpoch() * Clock::NanosecondsPerMillisecond);
    return true;
}

/*!
    Lets \a duration pass at once. Returns \c false, and changes nothing, if it is negative or more
    than a century, or if the clock would show a time after 2249.
*/
bool QZapTestClock::advance(std::chrono::milliseconds duration)
{
    if (duration.count() < 0 || duration > std::chrono::hours(24 * 36525))
        return false;
    const qint64 now = std::max(Clock::wall(), Clock::steady()) / Clock::NanosecondsPerMillisecond;
    if (now + duration.count() >= Latest)
        return false;
    Clock::advance(duration.count() * Clock::NanosecondsPerMillisecond);
    return true;
}
