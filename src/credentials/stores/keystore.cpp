// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/keystore.h"

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

KeyStore::Builder::Builder(Content content, Origins origins)
    : m_store(new KeyStore(content, origins))
{ }

void KeyStore::Builder::reserve(qsizetype keys, qsizetype idBytes)
{
    m_store->m_rows.reserve(static_cast<size_t>(keys));
    m_store->m_arena.reserve(static_cast<size_t>(idBytes));
    if (m_store->m_origins != Origins::None)
        m_store->m_originOfRow.reserve(static_cast<size_t>(keys));
}

void KeyStore::Builder::add(const uchar *key, QByteArrayView userId, QByteArrayView metadata,
                            const KeyOrigin &origin)
{
    KeyStore &store = *m_store;
    HugePageBlock<char> &arena = store.m_arena;
    const bool hasMetadata = store.m_content == Content::UserIdsAndMetadata;
    Q_ASSERT(store.m_rows.size() < RowIndex::MaximumRows);
    Q_ASSERT(userId.size() <= std::numeric_limits<uchar>::max());
    Q_ASSERT(hasMetadata || metadata.isEmpty());
    checkRoom(arena, userId.size() + metadata.size());
    if (hasMetadata)
        arena.push_back(static_cast<char>(userId.size()));
    arena.insert(arena.end(), userId.begin(), userId.end());
    arena.insert(arena.end(), metadata.begin(), metadata.end());
    Row row;
    std::memcpy(row.key, key, sizeof row.key);
    row.end = static_cast<quint32>(arena.size());
    store.m_rows.push_back(row);
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

void KeyStore::Builder::setNotAfter(qint64 milliseconds)
{
    KeyStore &store = *m_store;
    Q_ASSERT(!store.m_rows.empty());
    if (store.m_notAfters.empty())
        store.m_notAfters.reserve(store.m_rows.capacity());
    store.m_notAfters.resize(store.m_rows.size(), Never);
    store.m_notAfters.back() = milliseconds;
}

std::shared_ptr<const KeyStore> KeyStore::Builder::build(std::vector<Duplicate> *duplicates)
{
    KeyStore &store = *m_store;
    store.m_hasUserIdsOnly = store.m_content == Content::UserIds && store.m_notAfters.empty();
    if (!store.m_notAfters.empty())
        store.m_notAfters.resize(store.m_rows.size(), Never);
    shrink(&store.m_rows);
    shrink(&store.m_arena);
    shrink(&store.m_originOfRow);
    shrink(&store.m_fileNames);
    shrink(&store.m_notAfters);
    const size_t rows = store.m_rows.size();
    store.m_size = static_cast<qsizetype>(rows);
    store.m_index.build(rows, rows, store.keys(), [&](quint32 number, quint32 first) {
        // The row of a duplicate remains, but is never found: duplicates are rare.
        --store.m_size;
        if (duplicates)
            duplicates->push_back({qsizetype{number} - 1, qsizetype{first} - 1});
    });
    return std::move(m_store);
}

std::optional<KeyStore::Match> KeyStore::find(QByteArrayView key) const
{
    if (key.size() != CurveKeySize)
        return std::nullopt;
    const quint32 number = m_index.find(key, m_index.hashOf(key), keys());
    if (number == 0)
        return std::nullopt;
    const quint32 begin = beginOf(number);
    const QByteArrayView part(m_arena.data() + begin,
                              static_cast<qsizetype>(m_rows[number - 1].end - begin));
    if (m_hasUserIdsOnly)
        return Match{part, {}};
    const qint64 notAfter = m_notAfters.empty() ? Never : m_notAfters[number - 1];
    if (m_content == Content::UserIds)
        return Match{part, {}, notAfter};
    const qsizetype idSize = static_cast<uchar>(part.front());
    return Match{part.sliced(1, idSize), part.sliced(1 + idSize), notAfter};
}

KeyOrigin KeyStore::originOf(QByteArrayView key) const
{
    const quint32 number =
        key.size() == CurveKeySize ? m_index.find(key, m_index.hashOf(key), keys()) : 0;
    return number > 0 ? originAt(qsizetype{number} - 1) : KeyOrigin();
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

std::vector<KeyStore::Expiry> KeyStore::expiriesUntil(qint64 milliseconds) const
{
    std::vector<Expiry> result;
    for (size_t row = 0; row < m_notAfters.size(); ++row) {
        if (m_notAfters[row] > milliseconds)
            continue;
        // Duplicates are not used.
        const QByteArrayView key = keys()(static_cast<quint32>(row + 1));
        if (m_index.find(key, m_index.hashOf(key), keys()) == row + 1)
            result.push_back({m_notAfters[row], originAt(static_cast<qsizetype>(row))});
    }
    return result;
}

KeyStore::Lookup KeyStore::startLookup(QByteArrayView key) const
{
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
    const Row *row = store.m_rows.data() + (lookup->number - 1);
    RowIndex::fetch(row);
    RowIndex::fetch(&row->end);
    if (lookup->number > 1)
        RowIndex::fetch(&row[-1].end);
}

void KeyStore::fetchMatch(const Lookup &lookup)
{
    if (lookup.number == 0)
        return;
    const KeyStore &store = *lookup.store;
    RowIndex::fetch(store.m_arena.data() + store.beginOf(lookup.number));
    if (!store.m_notAfters.empty())
        RowIndex::fetch(&store.m_notAfters[lookup.number - 1]);
}

} // namespace QZap::Internal
