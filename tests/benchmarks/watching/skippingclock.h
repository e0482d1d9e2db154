// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SKIPPINGCLOCK_H
#define SKIPPINGCLOCK_H

#include <chrono>

// Takes the place of the C library's clock_gettime() and poll() in this process, so that hours of
// waiting take no time. While time is skipped, a thread other than the main one that waits in
// poll() with a time limit does not wait: the clocks move on by what it would have waited, those of
// CPU time excepted. Descriptors that are ready, and waits without a limit, are as always.
//
// To be used by a process of which one thread alone waits with a time limit.
namespace SkippingClock {

// Blocks the main thread until its clocks have moved on by this time.
void skip(std::chrono::nanoseconds time);

} // namespace SkippingClock

#endif // SKIPPINGCLOCK_H
