// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "memoryshortage.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/prctl.h>

extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *block, std::size_t size);
}

namespace {

constexpr std::size_t NameSize = 16; // the limit for a thread's name in Linux

std::atomic<int> shortage{0}; // the number of the current shortage, or 0
int lastShortage = 0;
char threadName[NameSize];
int failuresInARow = 0;
std::atomic<int> nextFirstAfter{0};
int lastAfter = 0;
std::atomic<int> failureCount{0};

thread_local int knownShortage = 0;
thread_local int allocationsLeft = 0;
thread_local int failuresLeft = 0;

void takeTurn()
{
    allocationsLeft = nextFirstAfter++;
    failuresLeft = allocationsLeft < lastAfter ? failuresInARow : 0;
}

bool isFailure()
{
    const int current = shortage;
    if (current == 0)
        return false;
    if (knownShortage != current) {
        knownShortage = current;
        char name[NameSize] = {};
        prctl(PR_GET_NAME, name);
        failuresLeft = 0;
        if (std::strcmp(name, threadName) == 0)
            takeTurn();
    }
    if (failuresLeft == 0 || allocationsLeft-- > 0)
        return false;
    allocationsLeft = 0;
    ++failureCount;
    if (--failuresLeft == 0)
        takeTurn();
    errno = ENOMEM;
    return true;
}

} // namespace

// These replace the functions of the C library for all libraries of the process, and for operator
// new.
extern "C" Q_DECL_EXPORT void *malloc(std::size_t size) noexcept
{
    return isFailure() ? nullptr : __libc_malloc(size);
}

extern "C" Q_DECL_EXPORT void *calloc(std::size_t count, std::size_t size) noexcept
{
    return isFailure() ? nullptr : __libc_calloc(count, size);
}

extern "C" Q_DECL_EXPORT void *realloc(void *block, std::size_t size) noexcept
{
    return isFailure() ? nullptr : __libc_realloc(block, size);
}

MemoryShortage::MemoryShortage(const char *thread, int firstAfter, int turns, int failures)
{
    std::strncpy(threadName, thread, NameSize - 1);
    failuresInARow = failures;
    nextFirstAfter = firstAfter;
    lastAfter = firstAfter + turns;
    failureCount = 0;
    shortage = ++lastShortage;
}

MemoryShortage::~MemoryShortage()
{
    shortage = 0;
}

int MemoryShortage::failures()
{
    return failureCount;
}
