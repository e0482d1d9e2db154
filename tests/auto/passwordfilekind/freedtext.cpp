// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "freedtext.h"

#include <atomic>
#include <cstddef>
#include <cstring>

#include <malloc.h>

extern "C" void __libc_free(void *block);

namespace {

std::atomic<const char *> wanted{nullptr};
std::atomic<int> found{0};

} // namespace

// Replaces the function of the C library for all libraries of the process, and for operator delete.
extern "C" Q_DECL_EXPORT void free(void *block) noexcept
{
    const char *const text = wanted;
    if (block && text && memmem(block, malloc_usable_size(block), text, std::strlen(text)))
        ++found;
    __libc_free(block);
}

FreedText::FreedText(const char *text)
{
    found = 0;
    wanted = text;
}

FreedText::~FreedText()
{
    wanted = nullptr;
}

int FreedText::count()
{
    return found;
}
