// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_ROWINDEX_H
#define QZAP_CREDENTIALS_STORES_ROWINDEX_H

#include "base/bytehash.h"
#include "base/hugepageallocator.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>
#include <QtCore/qrandom.h>

#include <array>
#include <limits>

namespace QZap::Internal {

// Finds the rows of a table by their keys. Rows are numbered from 1. The index contains no keys; it
// calls keyOf(number), which returns the bytes of a row's key.
//
// It uses open addressing in 2^n slots. The lower n bits of a slot are the row's number, which fits
// since the slots are never full; the upper bits are those of the hash, so that the rows of other
// keys are rarely read. The hash is seeded: peers choose their keys, but must not choose their
// slots.
class RowIndex
{
public:
    static constexpr size_t MaximumRows = size_t{std::numeric_limits<quint32>::max()} / 4 * 3;

    RowIndex()
        : m_slots(SmallestSize)
        , m_seed(static_cast<size_t>(QRandomGenerator::system()->generate64()))
    { }
    // Not movable: an index always has slots.
    RowIndex(const RowIndex &) = default;
    RowIndex &operator=(const RowIndex &) = default;
    ~RowIndex() = default;

    quint32 hashOf(QByteArrayView key) const
    {
        return static_cast<quint32>(hashBytes(key, m_seed));
    }

    // Returns the number of the row with the key, whose hash is given; 0 if there is none.
    template <typename KeyOf>
    quint32 find(QByteArrayView key, quint32 hash, const KeyOf &keyOf) const
    {
        return m_slots[slotOf(key, hash, keyOf)] & mask();
    }
    // Returns whether this number of rows fits without build().
    bool fits(size_t rows) const { return rows <= m_slots.size() / 4 * 3; }
    // Adds a row that fits, and whose key differs from all others.
    template <typename KeyOf>
    void insert(quint32 number, const KeyOf &keyOf)
    {
        const QByteArrayView key = keyOf(number);
        const quint32 hash = hashOf(key);
        m_slots[slotOf(key, hash, keyOf)] = (hash & ~mask()) | number;
    }
    // Replaces the contents with the rows from 1 to `rows`, with space for more. Of rows with the
    // same key, only the first is added; repeated(number, first) is called for the others. If
    // memory runs out, throws std::bad_alloc, and nothing changes.
    template <typename KeyOf, typename Repeated>
    void build(size_t rows, size_t room, const KeyOf &keyOf, const Repeated &repeated)
    {
        Q_ASSERT(rows <= room && room < MaximumRows);
        HugePageBlock<quint32>(sizeFor(room)).swap(m_slots);
        std::array<quint32, Lookahead> hashes = {};
        for (size_t i = 0; i < rows + Lookahead; ++i) {
            quint32 &hash = hashes[i % Lookahead];
            if (i >= Lookahead) {
                const auto number = static_cast<quint32>(i - Lookahead + 1);
                quint32 &slot = m_slots[slotOf(keyOf(number), hash, keyOf)];
                if (const quint32 first = slot & mask())
                    repeated(number, first);
                else
                    slot = (hash & ~mask()) | number;
            }
            if (i < rows) {
                hash = hashOf(keyOf(static_cast<quint32>(i + 1)));
                fetchSlot(hash);
            }
        }
    }

    // Prefetches the memory of a look-up.
    void fetchSlot(quint32 hash) const { fetch(&m_slots[hash & mask()]); }
    // Returns the number of the row with this hash, unless another row occupies its slot.
    quint32 likelyNumber(quint32 hash) const { return m_slots[hash & mask()] & mask(); }

    static void fetch(const void *address)
    {
#if defined(Q_CC_GNU)
        __builtin_prefetch(address);
#else
        Q_UNUSED(address)
#endif
    }

private:
    static constexpr size_t SmallestSize = 16;
    // How many rows in advance a slot is prefetched.
    static constexpr size_t Lookahead = 16;

    // Returns a power of two, of which the rows fill at most three quarters.
    static size_t sizeFor(size_t rows)
    {
        size_t size = SmallestSize;
        while (size / 4 * 3 < rows)
            size *= 2;
        return size;
    }
    quint32 mask() const
    {
        return static_cast<quint32>(m_slots.size() - 1);
    }
    // Returns the slot of the key, or the free slot for it.
    template <typename KeyOf>
    size_t slotOf(QByteArrayView key, quint32 hash, const KeyOf &keyOf) const
    {
        const quint32 lower = mask();
        quint32 slot = hash & lower;
        for (;; slot = (slot + 1) & lower) {
            const quint32 number = m_slots[slot] & lower;
            if (number == 0)
                return slot;
            if (((m_slots[slot] ^ hash) & ~lower) == 0 && isEqual(keyOf(number), key))
                return slot;
        }
    }

    HugePageBlock<quint32> m_slots;
    size_t m_seed;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_ROWINDEX_H
