// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/knowncredentials.h"

#include "base/keyeddigest.h"

#include <algorithm>
#include <cstring>

namespace QZap::Internal {

KnownCredentials::AddressDigest KnownCredentials::AddressDigest::of(const LockoutAddress &address)
{
    const KeyedDigest digest = keyedDigest({address.bytes()});
    AddressDigest result;
    std::memcpy(&result.value, digest.data(), sizeof result.value);
    return result;
}

size_t KnownCredentials::Credentials::indexOf(const CredentialDigest &digest) const
{
    const auto password = static_cast<quint16>(digest.credential);
    size_t index = 0;
    while (index < count && (users[index] != digest.user || passwords[index] != password))
        ++index;
    return index;
}

void KnownCredentials::Credentials::moveToFront(size_t index)
{
    std::rotate(users.data(), users.data() + index, users.data() + index + 1);
    std::rotate(passwords.data(), passwords.data() + index, passwords.data() + index + 1);
}

void KnownCredentials::Credentials::remove(size_t index)
{
    std::copy(users.data() + index + 1, users.data() + count, users.data() + index);
    std::copy(passwords.data() + index + 1, passwords.data() + count, passwords.data() + index);
    --count;
}

bool KnownCredentials::contains(const LockoutAddress &address, const CredentialDigest &digest) const
{
    const Table::Number number = m_table.find(AddressDigest::of(address));
    if (number == Table::None)
        return false;
    const Credentials &known = m_table[number].value;
    return known.indexOf(digest) < known.count;
}

bool KnownCredentials::containsUser(const LockoutAddress &address, quint32 user) const
{
    const Table::Number number = m_table.find(AddressDigest::of(address));
    if (number == Table::None)
        return false;
    const Credentials &known = m_table[number].value;
    const quint32 *const end = known.users.data() + known.count;
    return std::find(known.users.data(), end, user) != end;
}

void KnownCredentials::insert(const LockoutAddress &address, const CredentialDigest &digest)
{
    Credentials &known = credentialsOf(AddressDigest::of(address), groupOf(address));
    size_t index = known.indexOf(digest);
    if (index == known.count) {
        if (known.count < MaximumCredentials)
            ++known.count;
        else
            --index; // replaces the least recently used one
        known.users[index] = digest.user;
        known.passwords[index] = static_cast<quint16>(digest.credential);
    }
    known.moveToFront(index);
}

void KnownCredentials::remove(const LockoutAddress &address, const CredentialDigest &digest)
{
    const Table::Number number = m_table.find(AddressDigest::of(address));
    if (number == Table::None)
        return;
    Credentials &known = m_table[number].value;
    const size_t index = known.indexOf(digest);
    if (index == known.count)
        return;
    known.remove(index);
    if (known.count == 0)
        forget(number);
}

void KnownCredentials::insertAll(const KnownCredentials &other)
{
    for (const Group &group : other.m_groups) {
        for (auto number = group.order.first; number != Table::None;) {
            const Table::Entry &entry = other.m_table[number];
            credentialsOf(entry.address, entry.value.group) = entry.value;
            number = entry.next;
        }
    }
}

quint16 KnownCredentials::groupOf(const LockoutAddress &address)
{
    const auto group = address.group();
    return group ? static_cast<quint16>(AddressDigest::of(*group).value % Groups) : quint16{0};
}

KnownCredentials::Credentials &KnownCredentials::credentialsOf(AddressDigest address, quint16 group)
{
    Group &own = m_groups[group];
    Table::Number number = m_table.find(address);
    if (number == Table::None) {
        if (m_table.isFull())
            makeRoom(group);
        number = m_table.insert(address, &own.order);
        m_table[number].value.group = group;
        ++own.count;
    } else {
        m_table.move(number, &own.order, &own.order);
    }
    return m_table[number].value;
}

// Of several largest groups, the one that needs the room is preferred.
void KnownCredentials::makeRoom(quint16 group)
{
    const Group *largest = &m_groups[group];
    for (const Group &other : m_groups) {
        if (other.count > largest->count)
            largest = &other;
    }
    forget(largest->order.first);
}

void KnownCredentials::forget(Table::Number number)
{
    Group &group = m_groups[m_table[number].value.group];
    m_table.remove(number, &group.order);
    --group.count;
}

} // namespace QZap::Internal
