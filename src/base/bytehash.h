// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_BYTEHASH_H
#define QZAP_BASE_BYTEHASH_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhashfunctions.h>

#include <cstring>

namespace QZap::Internal {

// Returns a word that depends on each of the first eight bytes, and on nothing else; `size` is at
// least 1. Unlike memcpy() with a variable size, this calls no function.
inline quint64 wordOf(const char *bytes, qsizetype size)
{
    const auto load = [](const char *at, auto word) {
        std::memcpy(&word, at, sizeof word);
        return quint64{word};
    };
    const char *const end = bytes + size;
    if (size >= 8)
        return load(bytes, quint64());
    if (size >= 4)
        return load(bytes, quint32()) | load(end - 4, quint32()) << 32;
    const quint64 half = size >= 2 ? load(bytes, quint16()) | load(end - 2, quint16()) << 16
                                   : quint64{static_cast<uchar>(*bytes)} * 0x01010101;
    return half | half << 32;
}

// A seeded hash for short keys. qHash() can cost more than the rest of a look-up, since it protects
// against peers that insert keys of their choice into a table. Peers can only query these tables,
// or insert a limited number of keys.
inline size_t hashBytes(QByteArrayView bytes, size_t seed)
{
    constexpr quint64 Factor = 0x9e3779b97f4a7c15;
    const auto mix = [](quint64 value) {
        value *= Factor;
        return value ^ (value >> 32);
    };
    quint64 hash = mix(seed ^ static_cast<quint64>(bytes.size()));
    for (qsizetype i = 0; i < bytes.size(); i += 8)
        hash = mix(hash ^ wordOf(bytes.data() + i, bytes.size() - i));
    return static_cast<size_t>(mix(hash));
}

// Compares short texts. Unlike operator==, which calls two functions, this is inlined as a few
// instructions if one size is constant.
inline bool isEqual(QByteArrayView lhs, QByteArrayView rhs)
{
    return lhs.size() == rhs.size()
           && (lhs.isEmpty()
               || std::memcmp(lhs.data(), rhs.data(), static_cast<size_t>(lhs.size())) == 0);
}

// A QByteArray as the key of a QHash or std::unordered_map that uses hashBytes().
struct ByteKey
{
    struct Hash
    {
        size_t operator()(const ByteKey &key) const
        {
            return hashBytes(key.bytes, QHashSeed::globalSeed());
        }
    };

    QByteArray bytes;

    // Returns a key for look-ups; the bytes must outlive it.
    static ByteKey view(QByteArrayView view)
    {
        return {QByteArray::fromRawData(view.data(), view.size())};
    }
    friend bool operator==(const ByteKey &lhs, const ByteKey &rhs)
    {
        return isEqual(lhs.bytes, rhs.bytes);
    }
    friend size_t qHash(const ByteKey &key, size_t seed) { return hashBytes(key.bytes, seed); }
};

} // namespace QZap::Internal

#endif // QZAP_BASE_BYTEHASH_H
