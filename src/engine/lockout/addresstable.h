// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_ADDRESSTABLE_H
#define QZAP_ENGINE_LOCKOUT_ADDRESSTABLE_H

#include "base/bytehash.h"
#include "engine/lockout/lockoutaddress.h"

#include <QtCore/qrandom.h>

#include <utility>
#include <vector>

namespace QZap::Internal {

// A table of addresses, each with a value, that never grows. Each entry is in one of the caller's
// lists. All operations take constant time, and none allocates memory. An address is a value with
// bytes(), which are equal for equal addresses only.
template <typename Value, typename Address = LockoutAddress>
class AddressTable
{
public:
    using Number = quint32; // of an entry
    static constexpr Number None = ~Number{0};

    struct List
    {
        Number first = None;
        Number last = None;
    };
    struct Entry
    {
        Address address;
        Number nextOfChain = None; // or the next free entry
        Number previous = None;    // of the list
        Number next = None;
        Value value = {};
    };

    // Allocates all memory. Throws std::bad_alloc if there is not enough.
    explicit AddressTable(size_t capacity)
        : m_entries(capacity)
        , m_chains(chainsFor(capacity), None)
        , m_seed(static_cast<size_t>(QRandomGenerator::system()->generate64()))
    {
        for (size_t number = capacity; number > 0; --number)
            makeFree(static_cast<Number>(number - 1));
    }

    static size_t memoryFor(size_t capacity)
    {
        return capacity * sizeof(Entry) + chainsFor(capacity) * sizeof(Number);
    }

    size_t capacity() const { return m_entries.size(); }
    bool isFull() const { return m_free == None; }
    Entry &operator[](Number number) { return m_entries[number]; }
    const Entry &operator[](Number number) const { return m_entries[number]; }

    // Returns the number of the address's entry, or None.
    Number find(const Address &address) const
    {
        Number number = m_chains[chainOf(address)];
        while (number != None && m_entries[number].address != address)
            number = m_entries[number].nextOfChain;
        return number;
    }
    // Adds an entry at the end of a list. The table must not be full, nor contain the address.
    Number insert(const Address &address, List *list)
    {
        Q_ASSERT(!isFull());
        const Number number = m_free;
        Entry &entry = m_entries[number];
        m_free = entry.nextOfChain;
        entry.address = address;
        entry.value = {};
        entry.nextOfChain = std::exchange(m_chains[chainOf(address)], number);
        append(number, list);
        return number;
    }
    // Removes an entry that is in the list.
    void remove(Number number, List *list)
    {
        unlink(number, list);
        Number *link = &m_chains[chainOf(m_entries[number].address)];
        while (*link != number)
            link = &m_entries[*link].nextOfChain;
        *link = m_entries[number].nextOfChain;
        makeFree(number);
    }
    // Moves an entry to the end of a list, which may be its own.
    void move(Number number, List *from, List *to)
    {
        unlink(number, from);
        append(number, to);
    }
    // Moves an entry to the position after another entry of a list; to the front if that is None.
    void moveBehind(Number number, List *from, List *to, Number previous)
    {
        unlink(number, from);
        link(number, to, previous);
    }

private:
    static size_t chainsFor(size_t capacity)
    {
        size_t size = 1;
        while (size < capacity)
            size *= 2;
        return size;
    }
    // Returns the chain of an address. The hash is seeded: peers can choose IPv6 addresses, but do
    // not know the seed.
    size_t chainOf(const Address &address) const
    {
        return hashBytes(address.bytes(), m_seed) & (m_chains.size() - 1);
    }
    void makeFree(Number number) { m_entries[number].nextOfChain = std::exchange(m_free, number); }
    void append(Number number, List *list) { link(number, list, list->last); }
    void link(Number number, List *list, Number previous)
    {
        Entry &entry = m_entries[number];
        Number &after = previous == None ? list->first : m_entries[previous].next;
        entry.previous = previous;
        entry.next = std::exchange(after, number);
        (entry.next == None ? list->last : m_entries[entry.next].previous) = number;
    }
    void unlink(Number number, List *list)
    {
        const Entry &entry = m_entries[number];
        (entry.previous == None ? list->first : m_entries[entry.previous].next) = entry.next;
        (entry.next == None ? list->last : m_entries[entry.next].previous) = entry.previous;
    }

    std::vector<Entry> m_entries;
    std::vector<Number> m_chains; // 2^n, each with the first entry of those with the same hash
    Number m_free = None;
    size_t m_seed;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_ADDRESSTABLE_H
