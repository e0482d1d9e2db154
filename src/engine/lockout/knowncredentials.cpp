// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/knowncredentials.h"

#include <algorithm>

namespace QZap::Internal {

bool KnownCredentials::contains(const LockoutAddress &address, quint32 credential) const
{
    const Table::Number number = m_table.find(address);
    if (number == Table::None)
        return false;
    const Credentials &known = m_table[number].value;
    return std::find(known.digests.data(), known.end(), credential) != known.end();
}

void KnownCredentials::insert(const LockoutAddress &address, quint32 credential)
{
    Credentials &known = m_table[entryFor(address)].value;
    quint32 *found = std::find(known.digests.data(), known.end(), credential);
    if (found == known.end()) {
        if (known.count < MaximumCredentials)
            ++known.count;
        else
            --found; // replaces the least recently used one
        *found = credential;
    }
    std::rotate(known.digests.data(), found, found + 1);
}

void KnownCredentials::remove(const LockoutAddress &address, quint32 credential)
{
    const Table::Number number = m_table.find(address);
    if (number == Table::None)
        return;
    Credentials &known = m_table[number].value;
    const quint32 *const end = std::remove(known.digests.data(), known.end(), credential);
    known.count = static_cast<quint32>(end - known.digests.data());
    if (known.count == 0)
        m_table.remove(number, &m_order);
}

void KnownCredentials::insertAll(const KnownCredentials &other)
{
    for (auto number = other.m_order.first; number != Table::None;) {
        const Table::Entry &entry = other.m_table[number];
        m_table[entryFor(entry.address)].value = entry.value;
        number = entry.next;
    }
}

KnownCredentials::Table::Number KnownCredentials::entryFor(const LockoutAddress &address)
{
    const Table::Number number = m_table.find(address);
    if (number != Table::None) {
        m_table.move(number, &m_order, &m_order);
        return number;
    }
    if (m_table.isFull())
        m_table.remove(m_order.first, &m_order);
    return m_table.insert(address, &m_order);
}

} // namespace QZap::Internal
