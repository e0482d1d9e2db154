// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "counting/frozenclock.h"

#include <atomic>
#include <ctime>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr long SecondInNanoseconds = 1'000'000'000;

std::atomic<bool> isFrozen{false};
std::atomic<long> now{0}; // ns

} // namespace

void FrozenClock::freeze()
{
    timespec time = {};
    clock_gettime(CLOCK_MONOTONIC, &time);
    now = time.tv_sec * SecondInNanoseconds + time.tv_nsec;
    isFrozen = true;
}

void FrozenClock::advance(std::chrono::nanoseconds time)
{
    now += time.count();
}

// The dynamic linker finds the program's symbol before the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec *time) noexcept
{
    if (!isFrozen)
        return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
    time->tv_sec = now / SecondInNanoseconds;
    time->tv_nsec = now % SecondInNanoseconds;
    return 0;
}
