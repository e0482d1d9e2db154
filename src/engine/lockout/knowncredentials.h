// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H
#define QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H

#include "engine/lockout/addresstable.h"

#include <array>

namespace QZap::Internal {

// Remembers which credentials have succeeded from which addresses, as digests: a few for each
// address. The least recently used credentials and addresses are replaced.
class KnownCredentials
{
public:
    // The maximum for an address.
    static constexpr size_t MaximumCredentials = 12;

    explicit KnownCredentials(size_t addresses)
        : m_table(addresses)
    { }

    static size_t memoryFor(size_t addresses) { return Table::memoryFor(addresses); }

    bool contains(const LockoutAddress &address, quint32 credential) const;
    void insert(const LockoutAddress &address, quint32 credential);
    void remove(const LockoutAddress &address, quint32 credential);
    // Adds the credentials of another object, as many as fit.
    void insertAll(const KnownCredentials &other);

private:
    struct Credentials
    {
        std::array<quint32, MaximumCredentials> digests = {}; // the most recently used one first
        quint32 count = 0;

        quint32 *end() { return digests.data() + count; }
        const quint32 *end() const { return digests.data() + count; }
    };
    using Table = AddressTable<Credentials>;

    Table::Number entryFor(const LockoutAddress &address);

    Table m_table;
    Table::List m_order; // the most recently used address is the last
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H
