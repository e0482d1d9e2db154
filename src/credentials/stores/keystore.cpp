// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/keystore.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace QZap::Internal {

namespace {

// The ends of a block's parts are 32 bits wide. A million keys with published fields can exceed
// that.
void checkRoom(const HugePageBlock<char> &block, qsizetype bytes)
{
    if (block.size() + static_cast<size_t>(bytes) >= std::numeric_limits<quint32>::max())
        qBadAlloc();
}

} // namespace

KeyStore::Builder::Builder(Origins origins)
    : m_store(new KeyStore(origins))
{ }

void KeyStore::Builder::reserve(qsizetype keys, qsizetype fieldBytes)
{
    m_store->m_rows.reserve(static_cast<size_t>(keys));
    if (fieldBytes > keys * static_cast<qsizetype>(sizeof Row::id))
        m_store->m_arena.reserve(static_cast<size_t>(fieldBytes));
    if (m_store->m_origins != Origins::None)
        m_store->m_originOfRow.reserve(static_cast<size_t>(keys));
}

void KeyStore::Builder::add(const uchar *key, QByteArrayView userId, QByteArrayView metadata,
                            const KeyOrigin &origin)
{
    append(key, userId, metadata);
    KeyStore &store = *m_store;
    switch (store.m_origins) {
    case Origins::None:
        break;
    case Origins::Lines:
        store.m_originOfRow.push_back(static_cast<quint32>(origin.line));
        break;
    case Origins::FileNames:
        checkRoom(store.m_fileNames, origin.fileName.size());
        store.m_fileNames.insert(store.m_fileNames.end(), origin.fileName.begin(),
                                 origin.fileName.end());
        store.m_originOfRow.push_back(static_cast<quint32>(store.m_fileNames.size()));
        break;
    }
}

void KeyStore::Builder::append(const uchar *key, QByteArrayView userId, QByteArrayView metadata)
{
    KeyStore &store = *m_store;
    HugePageBlock<char> &arena = store.m_arena;
    Q_ASSERT(store.m_rows.size() < RowIndex::MaximumRows);
    Q_ASSERT(userId.size() <= std::numeric_limits<uchar>::max());
    checkRoom(arena, userId.size() + metadata.size());
    Row row = {};
    std::memcpy(row.key, key, sizeof row.key);
    row.begin = static_cast<quint32>(arena.size());
    row.idSize = static_cast<uchar>(userId.size());
    if (row.idSize <= sizeof row.id)
        std::copy(userId.begin(), userId.end(), row.id);
    else
        arena.insert(arena.end(), userId.begin(), userId.end());
    arena.insert(arena.end(), metadata.begin(), metadata.end());
    row.end = static_cast<quint32>(arena.size());
    store.m_rows.push_back(row);
    store.m_hasMetadata |= !metadata.isEmpty();
}

void KeyStore::Builder::setNotAfter(qint64 milliseconds)
{
    KeyStore &store = *m_store;
    Q_ASSERT(!store.m_rows.empty());
    if (store.m_notAfters.empty())
        store.m_notAfters.reserve(store.m_rows.capacity());
    store.m_notAfters.resize(store.m_rows.size(), Never);
    store.m_notAfters.back() = milliseconds;
}

void KeyStore::Builder::setBase(std::shared_ptr<const KeyStore> base)
{
    Q_ASSERT(!base->m_base && base->m_origins == Origins::None);
    m_store->m_base = std::move(base);
}

void KeyStore::Builder::addRemoved(const uchar *key)
{
    append(key, {}, {});
    m_store->m_rows.back().setRemoved();
    m_hasRemoved = true;
}

void KeyStore::Builder::addAll(const KeyStore &store)
{
    store.visitOwn([this](QByteArrayView key, const Match *match) {
        const auto *const bytes = reinterpret_cast<const uchar *>(key.data());
        if (!match)
            return addRemoved(bytes);
        append(bytes, match->userId, match->metadata);
        if (match->notAfter != Never)
            setNotAfter(match->notAfter);
    });
}

void KeyStore::Builder::exclude(const uchar *key)
{
    std::copy_n(key, CurveKeySize, m_excluded.emplace_back().begin());
}

// Overwrites the keys in their rows, so that the index finds them no longer.
void KeyStore::Builder::removeExcluded()
{
    KeyStore &store = *m_store;
    for (const std::array<uchar, CurveKeySize> &excluded : m_excluded) {
        const QByteArrayView key(excluded.data(), CurveKeySize);
        const quint32 number = store.ownNumberOf(key);
        if (number == 0)
            continue;
        uchar *const stored = store.m_rows[number - 1].key;
        std::fill_n(stored, CurveKeySize, uchar{0});
        --store.m_size;
    }
}

// Releases memory that the rows do not need.
void KeyStore::Builder::finish()
{
    KeyStore &store = *m_store;
    store.m_hasMoreThanRows = !store.m_arena.empty() || !store.m_notAfters.empty();
    if (!store.m_notAfters.empty())
        store.m_notAfters.resize(store.m_rows.size(), Never);
    shrink(&store.m_rows);
    shrink(&store.m_arena);
    shrink(&store.m_originOfRow);
    shrink(&store.m_fileNames);
    shrink(&store.m_notAfters);
    store.m_size = store.ownPositions();
}

std::shared_ptr<const KeyStore> KeyStore::Builder::build(std::vector<Duplicate> *duplicates)
{
    finish();
    KeyStore &store = *m_store;
    const size_t rows = store.m_rows.size();
    store.m_index.build(rows, rows, store.keys(), [&](quint32 number, quint32 first) {
        // The row of a duplicate remains, but is never found: duplicates are rare.
        --store.m_size;
        if (!store.m_notAfters.empty()) { // a restriction is never ignored
            qint64 &kept = store.m_notAfters[first - 1];
            kept = std::min(kept, store.m_notAfters[number - 1]);
        }
        if (duplicates)
            duplicates->push_back(
                {static_cast<qsizetype>(number) - 1, static_cast<qsizetype>(first) - 1});
    });
    removeExcluded();
    countOverlay();
    orderExpiries();
    return std::move(m_store);
}

std::shared_ptr<const KeyStore> KeyStore::Builder::buildOfLast()
{
    finish();
    KeyStore &store = *m_store;
    Q_ASSERT(store.m_origins == Origins::None);
    const size_t rows = store.m_rows.size();
    store.m_index.build(rows, rows, store.keys(),
                        [&](quint32 number, quint32 first) { useLast(number, first); });
    countOverlay();
    orderExpiries();
    return std::move(m_store);
}

// The index finds the first row with the key.
void KeyStore::Builder::useLast(quint32 number, quint32 first)
{
    KeyStore &store = *m_store;
    --store.m_size;
    store.m_rows[first - 1] = store.m_rows[number - 1];
    if (!store.m_notAfters.empty())
        store.m_notAfters[first - 1] = store.m_notAfters[number - 1];
}

// Sets the size of an overlay to that of the whole store, without the keys that it removes.
void KeyStore::Builder::countOverlay()
{
    KeyStore &store = *m_store;
    const KeyStore *const base = store.m_base.get();
    if (!base && !m_hasRemoved)
        return;
    store.m_size = base ? base->m_size : 0;
    store.visitOwn([&](QByteArrayView key, const Match *match) {
        store.m_size += (match ? 1 : 0) - (base && base->find(key) ? 1 : 0);
    });
}

void KeyStore::Builder::orderExpiries()
{
    const HugePageBlock<qint64> &times = m_store->m_notAfters;
    m_store->m_expiryOrder.build(times.size(), [&](size_t row) { return times[row]; });
}

std::optional<KeyStore::Match> KeyStore::find(QByteArrayView key) const
{
    if (key.size() != CurveKeySize)
        return std::nullopt;
    const quint32 number = ownNumberOf(key);
    if (number == 0)
        return m_base ? m_base->find(key) : std::nullopt;
    if (m_rows[number - 1].isRemoved())
        return std::nullopt;
    return matchAt(number);
}

KeyStore::Match KeyStore::matchAt(quint32 number) const
{
    const Row &row = m_rows[number - 1];
    const char *const part = m_arena.data() + row.begin;
    const qsizetype storedId = row.idSize > sizeof row.id ? row.idSize : 0; // in the arena
    const qsizetype metadata = static_cast<qsizetype>(row.end - row.begin) - storedId;
    return {{storedId > 0 ? part : row.id, row.idSize},
            {part + storedId, metadata},
            m_notAfters.empty() ? Never : m_notAfters[number - 1]};
}

KeyOrigin KeyStore::originOf(QByteArrayView key) const
{
    const quint32 number = key.size() == CurveKeySize ? ownNumberOf(key) : 0;
    return number > 0 ? originAt(static_cast<qsizetype>(number) - 1) : KeyOrigin();
}

KeyOrigin KeyStore::originAt(qsizetype position) const
{
    const auto row = static_cast<size_t>(position);
    Q_ASSERT(row < m_rows.size());
    switch (m_origins) {
    case Origins::None:
        break;
    case Origins::Lines:
        return {static_cast<int>(m_originOfRow[row])};
    case Origins::FileNames: {
        const size_t begin = row == 0 ? 0 : m_originOfRow[row - 1];
        return {0,
                {m_fileNames.data() + begin, static_cast<qsizetype>(m_originOfRow[row] - begin)}};
    }
    }
    return {};
}

qint64 KeyStore::nextExpiry(qint64 milliseconds) const
{
    const auto nextIn = [milliseconds](const KeyStore &store, const auto &isUsed) {
        const auto timeOf = [&store](size_t row) { return store.m_notAfters[row]; };
        return store.m_expiryOrder.nextAfter(milliseconds, timeOf, [&](size_t row) {
            return isUsed(store.keyAt(static_cast<qsizetype>(row)), row);
        });
    };
    const qint64 next = nextIn(*this, [this](QByteArrayView key, size_t row) {
        return ownNumberOf(key) == row + 1; // not a duplicate
    });
    if (!m_base)
        return next;
    return std::min(next, nextIn(*m_base, [this](QByteArrayView key, size_t row) {
                        return ownNumberOf(key) == 0 && m_base->ownNumberOf(key) == row + 1;
                    }));
}

std::vector<KeyStore::Expiry> KeyStore::expiriesUntil(qint64 milliseconds) const
{
    std::vector<Expiry> result;
    for (size_t row = 0; row < m_notAfters.size(); ++row) {
        if (m_notAfters[row] > milliseconds)
            continue;
        // Duplicates are not used.
        if (ownNumberOf(keys()(static_cast<quint32>(row + 1))) == row + 1)
            result.push_back({m_notAfters[row], originAt(static_cast<qsizetype>(row))});
    }
    return result;
}

// An overlay is small, so the memory of its base is prefetched.
KeyStore::Lookup KeyStore::startLookup(QByteArrayView key) const
{
    if (m_base)
        return m_base->startLookup(key);
    const quint32 hash = m_index.hashOf(key);
    m_index.fetchSlot(hash);
    return {this, hash, 0};
}

// Sets the position of the key, unless another key occupies its slot.
void KeyStore::fetchRow(Lookup *lookup)
{
    const KeyStore &store = *lookup->store;
    lookup->number = store.m_index.likelyNumber(lookup->hash);
    if (lookup->number == 0)
        return;
    RowIndex::fetch(&store.m_rows[lookup->number - 1]);
}

void KeyStore::fetchMatch(const Lookup &lookup)
{
    const KeyStore &store = *lookup.store;
    if (lookup.number == 0 || !store.m_hasMoreThanRows)
        return;
    if (const Row &row = store.m_rows[lookup.number - 1]; row.begin < row.end)
        RowIndex::fetch(store.m_arena.data() + row.begin);
    if (!store.m_notAfters.empty())
        RowIndex::fetch(&store.m_notAfters[lookup.number - 1]);
}

} // namespace QZap::Internal
