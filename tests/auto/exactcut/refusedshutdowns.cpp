// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "refusedshutdowns.h"

#include <atomic>
#include <cerrno>

#include <dlfcn.h>

namespace {

std::atomic<int> remaining{0};
std::atomic<int> refusedCount{0};

using Shutdown = int (*)(int, int);

} // namespace

// Replaces the function of the C library for all libraries of the process.
extern "C" Q_DECL_EXPORT int shutdown(int descriptor, int how) noexcept
{
    static const auto shutdown = reinterpret_cast<Shutdown>(::dlsym(RTLD_NEXT, "shutdown"));
    if (remaining > 0) {
        --remaining;
        ++refusedCount;
        errno = ENOBUFS;
        return -1;
    }
    return shutdown(descriptor, how);
}

RefusedShutdowns::RefusedShutdowns(int maximum)
{
    refusedCount = 0;
    remaining = maximum;
}

RefusedShutdowns::~RefusedShutdowns()
{
    remaining = 0;
}

int RefusedShutdowns::count()
{
    return refusedCount;
}
