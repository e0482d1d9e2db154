// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "eventdescriptorshortage.h"

#include <atomic>
#include <cerrno>

#include <dlfcn.h>

namespace {

std::atomic<bool> isShort{false};
std::atomic<int> failureCount{0};
thread_local bool hasFailed = false;

using Open = int (*)(unsigned int, int);

} // namespace

// Replaces the function of the C library for all libraries of the process.
extern "C" Q_DECL_EXPORT int eventfd(unsigned int value, int flags)
{
    static const auto open = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "eventfd"));
    if (isShort && !hasFailed) {
        hasFailed = true;
        ++failureCount;
        errno = EMFILE;
        return -1;
    }
    return open(value, flags);
}

EventDescriptorShortage::EventDescriptorShortage()
{
    failureCount = 0;
    hasFailed = true;
    isShort = true;
}

EventDescriptorShortage::~EventDescriptorShortage()
{
    isShort = false;
    hasFailed = false;
}

int EventDescriptorShortage::failures()
{
    return failureCount;
}
