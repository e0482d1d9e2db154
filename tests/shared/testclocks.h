// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TESTCLOCKS_H
#define TESTCLOCKS_H

#include "credentials/files/repeatedreader.h"

// Clocks for what reads files repeatedly, in nanoseconds.
namespace TestClocks {

inline constexpr qint64 Second = 1'000'000'000;

// A wall clock by which no file of a test is recent enough to be changed unnoticed.
inline qint64 later()
{
    return QZap::Internal::wallClock() + 3600 * Second;
}

// A wall clock by which every file is recent, so that it must be read again.
inline qint64 early()
{
    return 0;
}

// A steady clock that only the test moves.
inline qint64 now = 1000 * Second;
inline qint64 steady()
{
    return now;
}

} // namespace TestClocks

#endif // TESTCLOCKS_H
