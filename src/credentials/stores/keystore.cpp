// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/keystore.h"

#include "base/bytehash.h"

#include <QtCore/qrandom.h>

#include <array>
#include <cstring>
#include <limits>

namespace QZap::Internal {

namespace {

constexpr size_t SmallestIndex = 16;
// How many keys in advance a slot is prefetched.
constexpr size_t Lookahead = 16;

// Returns a power of two, of which the keys fill at most three quarters.
size_t slotsFor(size_t keys)
{
    size_t count = SmallestIndex;
    while (count / 4 * 3 < keys)
        count *= 2;
    return count;
}

// Does not shrink for a few bytes, since that copies all of them.
template <typename Vector>
void shrink(Vector *vector)
{
    if (vector->capacity() - vector->size() > vector->size() / 16)
        vector->shrink_to_fit();
}

inline void fetch(const void *address)
{
#if defined(Q_CC_GNU)
    __builtin_prefetch(address);
#else
    Q_UNUSED(address)
#endif
}

} // namespace

KeyStore::KeyStore(Content content)
    : m_seed(static_cast<size_t>(QRandomGenerator::system()->generate64()))
    , m_content(content)
{ }

KeyStore::Builder::Builder(Content content)
    : m_store(new KeyStore(content))
{ }

void KeyStore::Builder::reserve(qsizetype keys, qsizetype idBytes)
{
    m_store->m_rows.reserve(static_cast<size_t>(keys));
    m_store->m_arena.reserve(static_cast<size_t>(idBytes));
}

void KeyStore::Builder::add(const uchar *key, QByteArrayView userId, QByteArrayView metadata)
{
    KeyStore &store = *m_store;
    Block<char> &arena = store.m_arena;
    const bool hasMetadata = store.m_content == Content::UserIdsAndMetadata;
    Q_ASSERT(store.m_rows.size() < size_t{std::numeric_limits<quint32>::max()} / 4 * 3);
    Q_ASSERT(userId.size() <= std::numeric_limits<uchar>::max());
    Q_ASSERT(hasMetadata || metadata.isEmpty());
    // Ends are 32 bits wide. A million keys with published fields can exceed that.
    if (arena.size() + static_cast<size_t>(userId.size()) + static_cast<size_t>(metadata.size())
        >= std::numeric_limits<quint32>::max()) {
        qBadAlloc();
    }
    if (hasMetadata)
        arena.push_back(static_cast<char>(userId.size()));
    arena.insert(arena.end(), userId.begin(), userId.end());
    arena.insert(arena.end(), metadata.begin(), metadata.end());
    Row row;
    std::memcpy(row.key, key, sizeof row.key);
    row.end = static_cast<quint32>(arena.size());
    store.m_rows.push_back(row);
}

std::shared_ptr<const KeyStore> KeyStore::Builder::build(std::vector<Duplicate> *duplicates)
{
    shrink(&m_store->m_rows);
    shrink(&m_store->m_arena);
    m_store->index(duplicates);
    return std::move(m_store);
}

std::optional<KeyStore::Match> KeyStore::find(QByteArrayView key) const
{
    if (key.size() != CurveKeySize)
        return std::nullopt;
    const auto *const bytes = reinterpret_cast<const uchar *>(key.data());
    const quint32 number = m_index[slotOf(bytes, hashOf(bytes))] & mask();
    if (number == 0)
        return std::nullopt;
    const quint32 begin = beginOf(number);
    const QByteArrayView part(m_arena.data() + begin,
                              static_cast<qsizetype>(m_rows[number - 1].end - begin));
    if (m_content == Content::UserIds)
        return Match{part, {}};
    const qsizetype idSize = static_cast<uchar>(part.front());
    return Match{part.sliced(1, idSize), part.sliced(1 + idSize)};
}

KeyStore::Lookup KeyStore::startLookup(QByteArrayView key) const
{
    const quint32 hash = hashOf(reinterpret_cast<const uchar *>(key.data()));
    fetch(&m_index[hash & mask()]);
    return {this, hash, 0};
}

// The position of the key, unless another key has taken its slot.
void KeyStore::fetchRow(Lookup *lookup)
{
    const KeyStore &store = *lookup->store;
    lookup->number = store.m_index[lookup->hash & store.mask()] & store.mask();
    if (lookup->number == 0)
        return;
    const Row *row = store.m_rows.data() + (lookup->number - 1);
    fetch(row);
    fetch(&row->end);
    if (lookup->number > 1)
        fetch(&row[-1].end);
}

void KeyStore::fetchMatch(const Lookup &lookup)
{
    if (lookup.number != 0)
        fetch(lookup.store->m_arena.data() + lookup.store->beginOf(lookup.number));
}

quint32 KeyStore::hashOf(const uchar *key) const
{
    return static_cast<quint32>(hashBytes({key, CurveKeySize}, m_seed));
}

// Returns the slot of the key, or the free slot for it.
size_t KeyStore::slotOf(const uchar *key, quint32 hash) const
{
    const quint32 lower = mask();
    quint32 slot = hash & lower;
    for (;; slot = (slot + 1) & lower) {
        const quint32 number = m_index[slot] & lower;
        if (number == 0)
            return slot;
        if (((m_index[slot] ^ hash) & ~lower) == 0
            && std::memcmp(m_rows[number - 1].key, key, CurveKeySize) == 0) {
            return slot;
        }
    }
}

void KeyStore::index(std::vector<Builder::Duplicate> *duplicates)
{
    const size_t count = m_rows.size();
    m_index = Block<quint32>(slotsFor(count));
    std::array<quint32, Lookahead> hashes = {};
    for (size_t i = 0; i < count + Lookahead; ++i) {
        quint32 &hash = hashes[i % Lookahead];
        if (i >= Lookahead) {
            const size_t row = i - Lookahead;
            const size_t slot = slotOf(m_rows[row].key, hash);
            const quint32 there = m_index[slot] & mask();
            if (there == 0) {
                m_index[slot] = (hash & ~mask()) | static_cast<quint32>(row + 1);
                ++m_size;
            } else if (duplicates) {
                // Its row remains and is never found: duplicates are rare.
                duplicates->push_back(
                    {static_cast<qsizetype>(row), static_cast<qsizetype>(there) - 1});
            }
        }
        if (i < count) {
            hash = hashOf(m_rows[i].key);
            fetch(&m_index[hash & mask()]);
        }
    }
}

} // namespace QZap::Internal
