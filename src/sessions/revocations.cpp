// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/revocations.h"

#include <algorithm>

namespace QZap::Internal {

bool Revocations::revoke(QByteArrayView userId, quint64 upTo)
{
    const std::scoped_lock lock(m_mutex);
    quint64 &record = m_records[ByteKey{userId.toByteArray()}];
    record = std::max(record, upTo);
    const bool isFull = m_records.size() > MaximumRecords;
    if (isFull) {
        m_records.clear();
        raise(upTo);
    }
    m_hasRecords = !m_records.isEmpty();
    return isFull;
}

void Revocations::revokeAll(quint64 upTo)
{
    const std::scoped_lock lock(m_mutex);
    raise(upTo);
    m_records.removeIf([upTo](const auto &record) { return record.value() <= upTo; });
    m_hasRecords = !m_records.isEmpty();
}

bool Revocations::isRevoked(QByteArrayView userId, quint64 number) const
{
    if (number <= m_all)
        return true;
    if (!m_hasRecords)
        return false;
    const std::scoped_lock lock(m_mutex);
    return number <= m_records.value(ByteKey::view(userId), 0);
}

void Revocations::prune(quint64 oldest)
{
    const std::scoped_lock lock(m_mutex);
    if (m_records.size() <= UnprunedRecords || oldest <= m_prunedBelow)
        return;
    m_prunedBelow = oldest;
    quint64 dropped = 0;
    m_records.removeIf([&](const auto &record) {
        if (record.value() >= oldest)
            return false;
        dropped = std::max(dropped, record.value());
        return true;
    });
    raise(dropped);
    m_hasRecords = !m_records.isEmpty();
}

qsizetype Revocations::count() const
{
    const std::scoped_lock lock(m_mutex);
    return m_records.size();
}

// To be called with the records locked.
void Revocations::raise(quint64 upTo)
{
    m_all = std::max(m_all.load(), upTo);
}

} // namespace QZap::Internal
