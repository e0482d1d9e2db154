// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef KEYS_H
#define KEYS_H

#include <array>
#include <cstdint>

using CurveKey = std::array<unsigned char, 32>;

std::uint64_t scrambled(std::uint64_t number);
// The key of a number, the same in each run: whoever writes a million keys and whoever asks for
// one of them agree without a table, whose cache misses would be measured as well.
CurveKey keyOf(std::uint64_t number);

#endif // KEYS_H
