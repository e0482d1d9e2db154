// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FUZZ_H
#define FUZZ_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlogging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// libFuzzer calls this with one input after the other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace Fuzz {

// Crashes, which libFuzzer reports, if the property is violated.
inline void require(bool holds, const char *property)
{
    if (!holds)
        qFatal("This does not hold: %s", property);
}

// Splits an input into parts; missing parts are zero or empty.
class Input
{
public:
    Input(const std::uint8_t *data, std::size_t size)
        : m_rest(data, static_cast<qsizetype>(size))
    { }

    bool isEmpty() const { return m_rest.isEmpty(); }
    std::uint8_t byte()
    {
        const QByteArrayView taken = bytes(1);
        return taken.isEmpty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
    }
    QByteArrayView bytes(qsizetype size)
    {
        const QByteArrayView taken = m_rest.first(std::min(size, m_rest.size()));
        m_rest = m_rest.sliced(taken.size());
        return taken;
    }
    // Returns the bytes after a size of two bytes, big-endian.
    QByteArrayView sized()
    {
        const qsizetype high = byte();
        const qsizetype low = byte();
        return bytes(high << 8 | low);
    }
    QByteArrayView rest() { return bytes(m_rest.size()); }

private:
    QByteArrayView m_rest;
};

} // namespace Fuzz

#endif // FUZZ_H
