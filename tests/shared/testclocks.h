// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TESTCLOCKS_H
#define TESTCLOCKS_H

#include "credentials/files/repeatedreader.h"

// Clocks, in nanoseconds, for classes that read files repeatedly.
namespace TestClocks {

inline constexpr qint64 Second = 1'000'000'000;

// A wall clock by which no file of a test is so recent that a change could go unnoticed.
inline qint64 later()
{
    return QZap::Internal::wallClock() + 3600 * Second;
}

// A wall clock by which every file is recent, and must therefore be read again.
inline qint64 early()
{
    return 0;
}

// The time of a steady clock that only the test advances.
inline qint64 now = 1000 * Second;
inline qint64 steady()
{
    return now;
}

} // namespace TestClocks

#endif // TESTCLOCKS_H
