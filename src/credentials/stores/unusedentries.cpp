// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/unusedentries.h"

namespace QZap::Internal {

void UnusedEntries::add(QByteArrayView name, const Entry &entry)
{
    if (!isFull())
        m_entries.insert({ByteKey{name.toByteArray()}, entry});
}

const UnusedEntries::Entry *UnusedEntries::find(QByteArrayView name) const
{
    const auto found = m_entries.find(ByteKey::view(name));
    return found == m_entries.end() ? nullptr : &found->second;
}

} // namespace QZap::Internal
