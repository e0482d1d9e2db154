// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FROZENCLOCK_H
#define FROZENCLOCK_H

#include <chrono>

// Takes the place of the C library's clock_gettime() in this process: once frozen, all of its
// clocks stand still, and move only when they are told to. Whatever depends on time, such as the
// size of batches and the timers of the event loop, is then the same in each run, under Valgrind
// too.
namespace FrozenClock {

void freeze();
void advance(std::chrono::nanoseconds time);

} // namespace FrozenClock

#endif // FROZENCLOCK_H
