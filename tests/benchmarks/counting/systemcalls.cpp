// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "counting/systemcalls.h"

#include <csignal>
#include <ctime>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

thread_local bool isCounting = false;
thread_local std::int64_t calls = 0;

template <typename... Arguments>
long counted(long number, Arguments... arguments)
{
    if (isCounting)
        ++calls;
    return syscall(number, arguments...);
}

} // namespace

void SystemCalls::resume()
{
    isCounting = true;
}

void SystemCalls::pause()
{
    isCounting = false;
}

std::int64_t SystemCalls::count()
{
    return calls;
}

// The dynamic linker finds the program's symbols before the C library's.
extern "C" {

int ppoll(pollfd *descriptors, nfds_t count, const timespec *timeout, const sigset_t *mask)
{
    // The kernel changes its argument, but the caller's must not change.
    timespec left = {};
    if (timeout)
        left = *timeout;
    constexpr size_t MaskSize = 8; // in the kernel
    return static_cast<int>(
        counted(SYS_ppoll, descriptors, count, timeout ? &left : nullptr, mask, MaskSize));
}

// Not every architecture has a system call with this name.
int poll(pollfd *descriptors, nfds_t count, int timeout)
{
    constexpr int SecondInMilliseconds = 1000;
    constexpr long MillisecondInNanoseconds = 1'000'000;
    const timespec time{timeout / SecondInMilliseconds,
                        timeout % SecondInMilliseconds * MillisecondInNanoseconds};
    return ppoll(descriptors, count, timeout < 0 ? nullptr : &time, nullptr);
}

ssize_t read(int descriptor, void *data, size_t size)
{
    return counted(SYS_read, descriptor, data, size);
}

ssize_t write(int descriptor, const void *data, size_t size)
{
    return counted(SYS_write, descriptor, data, size);
}

pid_t getpid() noexcept
{
    return static_cast<pid_t>(counted(SYS_getpid));
}
}
