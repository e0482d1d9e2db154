// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "watching/skippingclock.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <mutex>

#include <dlfcn.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr long SecondInNanoseconds = 1'000'000'000;
constexpr long MillisecondInNanoseconds = 1'000'000;
// The time after which a waiting thread notices that time is being skipped.
constexpr int LongestRealWait = 10; // ms

std::atomic<long> skipped{0}; // ns
std::atomic<long> target{0};  // the final value of `skipped`
std::mutex mutex;
std::condition_variable reached;

bool isMainThread()
{
    return syscall(SYS_gettid) == getpid();
}

bool isSkipping()
{
    return skipped < target;
}

// Advances the clocks instead of waiting, but not beyond the target.
void waitWithoutWaiting(int milliseconds)
{
    const std::scoped_lock lock(mutex);
    skipped = std::min<long>(skipped + milliseconds * MillisecondInNanoseconds, target);
    if (!isSkipping())
        reached.notify_all();
}

} // namespace

void SkippingClock::skip(std::chrono::nanoseconds time)
{
    std::unique_lock lock(mutex);
    target = skipped + time.count();
    reached.wait(lock, [] { return !isSkipping(); });
}

// The dynamic linker finds the program's symbols before the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec *time) noexcept
{
    const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
    if (result != 0 || (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME))
        return result;
    const long nanoseconds = time->tv_nsec + skipped;
    time->tv_sec += nanoseconds / SecondInNanoseconds;
    time->tv_nsec = nanoseconds % SecondInNanoseconds;
    return 0;
}

extern "C" int poll(pollfd *descriptors, nfds_t count, int milliseconds)
{
    using Poll = int (*)(pollfd *, nfds_t, int);
    static const auto next = reinterpret_cast<Poll>(dlsym(RTLD_NEXT, "poll"));
    if (milliseconds <= 0 || isMainThread())
        return next(descriptors, count, milliseconds);
    for (int left = milliseconds; left > 0; left -= LongestRealWait) {
        const bool skips = isSkipping();
        const int result = next(descriptors, count, skips ? 0 : std::min(left, LongestRealWait));
        if (result != 0)
            return result;
        if (skips) {
            waitWithoutWaiting(left);
            break;
        }
    }
    return 0;
}
