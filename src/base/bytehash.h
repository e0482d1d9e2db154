// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_BYTEHASH_H
#define QZAP_BASE_BYTEHASH_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhashfunctions.h>

#include <cstring>

namespace QZap::Internal {

// A seeded hash for short keys. qHash() can cost more than the rest of a look-up, since it protects
// against peers that insert keys of their choice into a table. Peers can only query these tables.
inline size_t hashBytes(QByteArrayView bytes, size_t seed)
{
    constexpr quint64 Factor = 0x9e3779b97f4a7c15;
    const auto mix = [](quint64 value) {
        value *= Factor;
        return value ^ (value >> 32);
    };
    quint64 hash = mix(seed ^ static_cast<quint64>(bytes.size()));
    const char *at = bytes.data();
    qsizetype left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
        quint64 word = 0;
        std::memcpy(&word, at, 8);
        hash = mix(hash ^ word);
    }
    if (left > 0) {
        quint64 word = 0;
        std::memcpy(&word, at, static_cast<size_t>(left));
        hash = mix(hash ^ word);
    }
    return static_cast<size_t>(mix(hash));
}

// Compares short texts. Inlined, with a few instructions if the size of one is constant; operator==
// calls two functions.
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
