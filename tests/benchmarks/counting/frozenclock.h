// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FROZENCLOCK_H
#define FROZENCLOCK_H

#include <chrono>

// Replaces the C library's clock_gettime() in this process: frozen clocks do not change until they
// are advanced. Everything that depends on time, such as batch sizes and timers, is then the same
// in each run, even in Valgrind.
namespace FrozenClock {

void freeze();
void advance(std::chrono::nanoseconds time);

} // namespace FrozenClock

#endif // FROZENCLOCK_H
