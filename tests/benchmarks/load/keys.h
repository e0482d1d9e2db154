// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef KEYS_H
#define KEYS_H

#include <array>
#include <cstdint>

using CurveKey = std::array<unsigned char, 32>;

std::uint64_t scrambled(std::uint64_t number);
// Returns the key for a number, which is the same in each run. The writer of a million keys and the
// askers thus need no table, whose cache misses would be measured as well.
CurveKey keyOf(std::uint64_t number);

#endif // KEYS_H
