// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storerecords.h"

#include <algorithm>
#include <limits>

namespace QZap::Internal {

void StoreRecords::append(const StoreRecord &record)
{
    Q_ASSERT(std::max(record.name.size(), record.value.size())
             <= qsizetype{std::numeric_limits<quint8>::max()});
    const Header header = {record.kind, static_cast<quint8>(record.name.size()),
                           static_cast<quint8>(record.value.size()),
                           static_cast<quint32>(record.fields.size()), record.notAfter};
    const size_t size = sizeof header + static_cast<size_t>(record.size());
    if (m_blocks.empty() || m_blocks.back().capacity() - m_blocks.back().size() < size) {
        Block block;
        block.reserve(std::max(BlockSize, size));
        m_blocks.push_back(std::move(block));
    }
    Block &block = m_blocks.back();
    const auto put = [&block](const void *bytes, size_t count) {
        const auto *const from = static_cast<const char *>(bytes);
        block.insert(block.end(), from, from + count);
    };
    put(&header, sizeof header);
    for (const QByteArrayView part : {record.name, record.value, record.fields})
        put(part.data(), static_cast<size_t>(part.size()));
    (record.isOfKey() ? m_keys : m_users) += 1;
    (record.isOfKey() ? m_keyBytes : m_userBytes) += record.size();
}

StoreRecord StoreRecords::read(const char **at)
{
    Header header;
    std::memcpy(&header, *at, sizeof header);
    *at += sizeof header;
    const auto take = [at](quint32 size) {
        const QByteArrayView part(*at, static_cast<qsizetype>(size));
        *at += size;
        return part;
    };
    StoreRecord record;
    record.kind = header.kind;
    record.name = take(header.nameSize);
    record.value = take(header.valueSize);
    record.fields = take(header.fieldsSize);
    record.notAfter = header.notAfter;
    return record;
}

} // namespace QZap::Internal
