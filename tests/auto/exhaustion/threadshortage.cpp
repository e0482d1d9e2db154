// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "threadshortage.h"

#include <atomic>
#include <cerrno>

#include <dlfcn.h>
#include <pthread.h>

namespace {

std::atomic<bool> isShort{false};
std::atomic<int> failureCount{0};

using Create = int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

} // namespace

// Replaces the function of the C library for all libraries of the process.
extern "C" Q_DECL_EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                            void *(*run)(void *), void *argument)
{
    static const auto create = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
    if (isShort) {
        ++failureCount;
        return EAGAIN;
    }
    return create(thread, attributes, run, argument);
}

ThreadShortage::ThreadShortage()
{
    failureCount = 0;
    isShort = true;
}

ThreadShortage::~ThreadShortage()
{
    isShort = false;
}

int ThreadShortage::failures()
{
    return failureCount;
}
