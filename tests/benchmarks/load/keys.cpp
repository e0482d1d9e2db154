// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keys.h"

#include <cstring>

// This is the finalizer of splitmix64.
std::uint64_t scrambled(std::uint64_t number)
{
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

CurveKey keyOf(std::uint64_t number)
{
    CurveKey key;
    for (std::uint64_t i = 0; i < 4; ++i) {
        const std::uint64_t word = scrambled(number * 4 + i);
        std::memcpy(key.data() + i * sizeof word, &word, sizeof word);
    }
    return key;
}
