// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H
#define QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H

#include "engine/lockout/addresstable.h"
#include "engine/lockout/credentialdigest.h"

#include <array>

namespace QZap::Internal {

// Remembers which credentials have succeeded from which addresses, as digests: a few for each
// address. The least recently used credentials of an address are replaced. If there are too many
// addresses, the least recently used one of the largest group is replaced, so that a single group,
// such as a /48 network, does not displace the others.
class KnownCredentials
{
public:
    // The maximum for an address.
    static constexpr size_t MaximumCredentials = 12;

    explicit KnownCredentials(size_t addresses)
        : m_table(addresses)
    { }

    // Returns the allocated memory; the size of the object itself is not included.
    static size_t memoryFor(size_t addresses) { return Table::memoryFor(addresses); }

    bool contains(const LockoutAddress &address, const CredentialDigest &digest) const;
    // Returns whether any credential of the user is known.
    bool containsUser(const LockoutAddress &address, quint32 user) const;
    void insert(const LockoutAddress &address, const CredentialDigest &digest);
    void remove(const LockoutAddress &address, const CredentialDigest &digest);
    // Adds the credentials of another object, as many as fit.
    void insertAll(const KnownCredentials &other);

private:
    // A keyed digest, which takes less memory than an address.
    struct AddressDigest
    {
        quint64 value = 0;

        static AddressDigest of(const LockoutAddress &address);
        QByteArrayView bytes() const
        {
            return {reinterpret_cast<const char *>(&value), static_cast<qsizetype>(sizeof value)};
        }
        friend bool operator!=(AddressDigest lhs, AddressDigest rhs)
        {
            return lhs.value != rhs.value;
        }
    };
    // The most recently used one is the first. Of the credentials' digests, only 16 bits are kept:
    // that a wrong password among the few that are evaluated has the same is unlikely enough.
    struct Credentials
    {
        std::array<quint32, MaximumCredentials> users = {};
        std::array<quint16, MaximumCredentials> passwords = {};
        quint16 count = 0;
        quint16 group = 0;

        size_t indexOf(const CredentialDigest &digest) const; // or count
        void moveToFront(size_t index);
        void remove(size_t index);
    };
    using Table = AddressTable<Credentials, AddressDigest>;
    struct Group
    {
        Table::List order; // the most recently used address is the last
        quint32 count = 0;
    };

    // Addresses without a group are in one group. Few others share one by chance.
    static constexpr size_t Groups = 256;

    static quint16 groupOf(const LockoutAddress &address);
    // Returns the credentials of the address, which becomes the most recently used one.
    Credentials &credentialsOf(AddressDigest address, quint16 group);
    void makeRoom(quint16 group);
    void forget(Table::Number number);

    Table m_table;
    std::array<Group, Groups> m_groups;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_KNOWNCREDENTIALS_H
