// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/loworderkey.h"

#include "protocol/z85.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <array>

namespace QZap::Internal {

namespace {

// Four words of 64 bits, the least significant first.
using Point = std::array<quint64, 4>;

constexpr quint64 Ones = 0xffffffffffffffff;
constexpr quint64 WithoutSign = 0x7fffffffffffffff; // bit 255 is ignored by X25519

// p is 2^255 - 19.
constexpr Point LowOrderPoints[] = {
    {0, 0, 0, 0},
    {1, 0, 0, 0},
    // Two points of order 8.
    {0xaeb8413b7c7aebe0, 0x6ac49ff1fae35616, 0xfdb1329ceb8d09da, 0x00b8495f16056286},
    {0x248c50a3bc959c5f, 0x5bef839c55b1d0b1, 0x868e1c58c45c4404, 0x57119fd0dd4e22d8},
    {0xffffffffffffffec, Ones, Ones, WithoutSign}, // p - 1
    {0xffffffffffffffed, Ones, Ones, WithoutSign}, // p, which is 0
    {0xffffffffffffffee, Ones, Ones, WithoutSign}, // p + 1, which is 1
};

} // namespace

bool isLowOrderKey(QByteArrayView key)
{
    if (key.size() != CurveKeySize)
        return false;
    // Almost no other key has one of these words.
    const auto second = qFromLittleEndian<quint64>(key.data() + 8);
    if (second != 0 && second != Ones && second != LowOrderPoints[2][1]
        && second != LowOrderPoints[3][1]) {
        return false;
    }
    const Point point = {qFromLittleEndian<quint64>(key.data()), second,
                         qFromLittleEndian<quint64>(key.data() + 16),
                         qFromLittleEndian<quint64>(key.data() + 24) & WithoutSign};
    return std::find(std::begin(LowOrderPoints), std::end(LowOrderPoints), point)
           != std::end(LowOrderPoints);
}

} // namespace QZap::Internal
