// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordcache.h"

#include "base/keyeddigest.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace QZap::Internal {

namespace {

constexpr std::size_t FirstChains = 64;

} // namespace

PasswordCache::PasswordCache(qsizetype maximumSize)
    : m_maximumSize(static_cast<qsizetype>(std::clamp<qint64>(maximumSize, 1, None - 1)))
{ }

bool PasswordCache::contains(QByteArrayView hash, QByteArrayView user, QByteArrayView password)
{
    const KeyedDigest digest = keyedDigest({hash, user, password});
    const std::scoped_lock lock(m_mutex);
    const Number number = find(digest);
    if (number == None)
        return false;
    unlink(number);
    makeNewest(number);
    return true;
}

void PasswordCache::insert(QByteArrayView hash, QByteArrayView user, QByteArrayView password)
{
    const KeyedDigest digest = keyedDigest({hash, user, password});
    const std::scoped_lock lock(m_mutex);
    Number number = find(digest);
    if (number == None) {
        number = newEntry();
        m_entries[number].digest = digest;
        chain(number);
    } else {
        unlink(number);
    }
    makeNewest(number);
}

void PasswordCache::clear()
{
    const std::scoped_lock lock(m_mutex);
    // This also frees the memory of the entries.
    m_entries = {};
    m_chains = {};
    m_newest = None;
    m_oldest = None;
}

qsizetype PasswordCache::size() const
{
    const std::scoped_lock lock(m_mutex);
    return static_cast<qsizetype>(m_entries.size());
}

// Digests are keyed, so that nobody can choose passwords whose digests share a chain.
PasswordCache::Number &PasswordCache::chainOf(const KeyedDigest &digest)
{
    quint32 bits = 0;
    std::memcpy(&bits, digest.data(), sizeof bits);
    return m_chains[bits & (m_chains.size() - 1)];
}

PasswordCache::Number PasswordCache::find(const KeyedDigest &digest)
{
    if (m_chains.empty())
        return None;
    Number number = chainOf(digest);
    while (number != None
           && sodium_memcmp(m_entries[number].digest.data(), digest.data(), digest.size()) != 0) {
        number = m_entries[number].nextOfChain;
    }
    return number;
}

// Returns an entry that is in no chain and not in the order of use.
PasswordCache::Number PasswordCache::newEntry()
{
    if (static_cast<qsizetype>(m_entries.size()) == m_maximumSize) {
        const Number oldest = m_oldest;
        unchain(oldest);
        unlink(oldest);
        return oldest;
    }
    if (m_entries.size() == m_chains.size())
        grow();
    m_entries.push_back({});
    return static_cast<Number>(m_entries.size() - 1);
}

void PasswordCache::chain(Number number)
{
    Entry &entry = m_entries[number];
    entry.nextOfChain = std::exchange(chainOf(entry.digest), number);
}

void PasswordCache::unchain(Number number)
{
    const Entry &entry = m_entries[number];
    Number *link = &chainOf(entry.digest);
    while (*link != number)
        link = &m_entries[*link].nextOfChain;
    *link = entry.nextOfChain;
}

void PasswordCache::makeNewest(Number number)
{
    Entry &entry = m_entries[number];
    entry.newer = None;
    entry.older = m_newest;
    (m_newest == None ? m_oldest : m_entries[m_newest].newer) = number;
    m_newest = number;
}

void PasswordCache::unlink(Number number)
{
    const Entry &entry = m_entries[number];
    (entry.newer == None ? m_newest : m_entries[entry.newer].older) = entry.older;
    (entry.older == None ? m_oldest : m_entries[entry.older].newer) = entry.newer;
}

void PasswordCache::grow()
{
    m_chains.assign(std::max(FirstChains, 2 * m_chains.size()), None);
    for (Number number = 0; number < m_entries.size(); ++number)
        chain(number);
}

} // namespace QZap::Internal
