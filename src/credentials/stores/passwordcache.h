// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_PASSWORDCACHE_H
#define QZAP_CREDENTIALS_STORES_PASSWORDCACHE_H

#include "base/keyeddigest.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <mutex>
#include <vector>

namespace QZap::Internal {

// Remembers which passwords match which hashes, so that ten thousand devices that reconnect do not
// cost ten thousand hashes. It stores digests, keyed by a key of this process, which include the
// hash: if a user's hash is edited, the password is checked again.
//
// Thread-safe. All operations take constant time, except for growing.
class PasswordCache
{
public:
    static constexpr qsizetype MaximumSize = 100'000;

    explicit PasswordCache(qsizetype maximumSize = MaximumSize);

    // If the result is true, the entry counts as used: the least recently used entries are replaced
    // first.
    [[nodiscard]] bool contains(QByteArrayView hash, QByteArrayView user, QByteArrayView password);
    void insert(QByteArrayView hash, QByteArrayView user, QByteArrayView password);
    void clear();
    qsizetype size() const;

private:
    using Number = quint32; // of an entry
    static constexpr Number None = ~Number{0};

    struct Entry
    {
        KeyedDigest digest;
        Number nextOfChain;
        Number newer;
        Number older;
    };

    Number &chainOf(const KeyedDigest &digest);
    Number find(const KeyedDigest &digest);
    Number newEntry();
    void chain(Number number);
    void unchain(Number number);
    void makeNewest(Number number);
    void unlink(Number number);
    void grow();

    mutable std::mutex m_mutex;
    std::vector<Entry> m_entries; // never shrinks; the oldest is overwritten
    std::vector<Number>
        m_chains; // 2^n, each with the first entry of those with the same lower bits
    Number m_newest = None;
    Number m_oldest = None;
    qsizetype m_maximumSize;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_PASSWORDCACHE_H
