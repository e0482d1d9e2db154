// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzaptestclock.h>

#include "base/clock.h"
#include "base/utc.h"

#include <limits>

using QZap::Internal::Clock;

namespace {

constexpr qint64 MaximumMilliseconds =
    std::numeric_limits<qint64>::max() / Clock::NanosecondsPerMillisecond / 2;

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
    Constructs a clock, and sets it to \a time.
*/
QZapTestClock::QZapTestClock(const QDateTime &time)
{
    (void)setTime(time);
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
    changes nothing, if \a time is invalid or more than a century away from 1970 to 2200.

    \sa time()
*/
bool QZapTestClock::setTime(const QDateTime &time)
{
    if (!time.isValid() || qAbs(time.toMSecsSinceEpoch()) > MaximumMilliseconds)
        return false;
    Clock::setWall(time.toMSecsSinceEpoch() * Clock::NanosecondsPerMillisecond);
    return true;
}

/*!
    Lets \a duration pass at once. Returns \c false, and changes nothing, if it is negative or more
    than a century.
*/
bool QZapTestClock::advance(std::chrono::milliseconds duration)
{
    if (duration.count() < 0 || duration > std::chrono::hours(24 * 36525))
        return false;
    Clock::advance(duration.count() * Clock::NanosecondsPerMillisecond);
    return true;
}
