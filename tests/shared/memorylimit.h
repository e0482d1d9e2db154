// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYLIMIT_H
#define MEMORYLIMIT_H

#include <QtCore/qfile.h>

#include <cstdint>

#ifdef __GLIBC__
#    include <malloc.h>
#endif

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __GLIBC__
// All threads share one heap: otherwise, the C library would reserve another 64 MiB for each
// thread, which could be used in spite of the limit.
inline const bool hasOneHeap = ::mallopt(M_ARENA_MAX, 1) == 1;
#endif

// The outcome of a function that was called with little memory.
enum class MemoryOutcome : std::uint8_t {
    True,      // it returned true
    False,     // it returned false
    Ended,     // it ended the process
    NotLimited // the system, such as qemu's user mode, does not limit memory
};

// Calls a function that returns a bool in a child process that can allocate this many further
// bytes. The allocations of this process do not fail. The function must not rely on other threads.
template <typename Function>
MemoryOutcome withMemoryLimit(qint64 bytes, Function function)
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (!statm.open(QIODevice::ReadOnly))
        return MemoryOutcome::NotLimited;
    const auto pages = statm.readAll().split(' ').constFirst().toULongLong();
    const auto size = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE))
                      + static_cast<rlim_t>(bytes);
    constexpr int NotLimited = 77; // an exit code
    const pid_t child = ::fork();
    if (child < 0)
        qFatal("cannot fork");
    if (child == 0) {
        const rlimit limit = {size, size};
        rlimit effective = {};
        if (::setrlimit(RLIMIT_AS, &limit) != 0 || ::getrlimit(RLIMIT_AS, &effective) != 0
            || effective.rlim_cur != size) {
            ::_exit(NotLimited);
        }
        ::_exit(function() ? 0 : 1);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child)
        qFatal("cannot wait for a child");
    if (!WIFEXITED(status))
        return MemoryOutcome::Ended;
    switch (WEXITSTATUS(status)) {
    case 0:
        return MemoryOutcome::True;
    case 1:
        return MemoryOutcome::False;
    case NotLimited:
        return MemoryOutcome::NotLimited;
    default:
        return MemoryOutcome::Ended;
    }
}

#endif // MEMORYLIMIT_H
