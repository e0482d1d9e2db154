// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_UNUSEDENTRIES_H
#define QZAP_CREDENTIALS_STORES_UNUSEDENTRIES_H

#include "base/bytehash.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <unordered_map>

namespace QZap::Internal {

// The entries of a file or directory that let nobody in, for explanations: those that are invalid,
// and users that are locked out. Peers do not look them up.
class UnusedEntries
{
public:
    struct Entry
    {
        QString why; // never quotes a secret; empty if a file has too many errors
        int line = 0;
        QByteArray fileName = {}; // in a directory
    };

    // The maximum number of entries. Further ones are not kept.
    static constexpr size_t Maximum = 1000;

    // Adds the entry of a key or user, unless it has one.
    void add(QByteArrayView name, const Entry &entry);
    // Returns whether further entries are not kept.
    bool isFull() const { return m_entries.size() >= Maximum; }
    // Returns the entry of a key or user; null if there is none.
    const Entry *find(QByteArrayView name) const;

private:
    std::unordered_map<ByteKey, Entry, ByteKey::Hash> m_entries;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_UNUSEDENTRIES_H
