// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "largeblocks.h"

#include <atomic>
#include <cstddef>
#include <cstring>

#include <malloc.h>
#include <sys/prctl.h>

extern "C" void __libc_free(void *block);

namespace {

constexpr std::size_t Large = std::size_t{1} << 20;

std::atomic<bool> isCounting{false};
std::atomic<int> byLoaders{0};
std::atomic<int> byOthers{0};

} // namespace

// Replaces the function of the C library for all libraries of the process, and for operator delete.
extern "C" Q_DECL_EXPORT void free(void *block) noexcept
{
    if (block && isCounting && malloc_usable_size(block) >= Large) {
        char name[16] = {};
        prctl(PR_GET_NAME, name);
        ++(std::strcmp(name, "QZap loader") == 0 ? byLoaders : byOthers);
    }
    __libc_free(block);
}

LargeBlocks::LargeBlocks()
{
    byLoaders = 0;
    byOthers = 0;
    isCounting = true;
}

LargeBlocks::~LargeBlocks()
{
    isCounting = false;
}

int LargeBlocks::freedByLoaders()
{
    return byLoaders;
}

int LargeBlocks::freedByOthers()
{
    return byOthers;
}
