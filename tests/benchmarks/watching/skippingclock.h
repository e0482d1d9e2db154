// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SKIPPINGCLOCK_H
#define SKIPPINGCLOCK_H

#include <chrono>

// Replaces the C library's clock_gettime() and poll() in this process, so that hours of waiting
// take no time. While time is skipped, poll() with a timeout does not wait in threads other than
// the main thread. Instead, the clocks, except those of CPU time, are advanced by the timeout.
// Descriptors that are ready, and calls without a timeout, are handled as usual.
//
// Only one thread of the process may wait with a timeout.
namespace SkippingClock {

// Blocks the main thread until the clocks have been advanced by this time.
void skip(std::chrono::nanoseconds time);

} // namespace SkippingClock

#endif // SKIPPINGCLOCK_H
