// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_LOCKOUTTABLE_H
#define QZAP_ENGINE_LOCKOUT_LOCKOUTTABLE_H

#include "engine/lockout/addresstable.h"
#include "engine/lockout/credentialdigest.h"

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Times in ms.
struct LockoutLimits
{
    int failures = 10; // different credentials
    qint64 interval = 600'000;
    qint64 duration = 30'000;
    qint64 maximumDuration = 3'600'000;
};

// Counts wrong credentials by address, and locks addresses. Its memory is fixed: if it is full, the
// address that has not failed for the longest time is forgotten; if all are locked, the lock that
// would end first ends early. All operations take constant time, except for those on all entries.
//
// While an address is locked, it counts guesses instead: wrong passwords for users that are exempt
// from the lock. When a user's limit is reached, its exemption is suspended until the lock ends.
//
// Moments are in ms and never decrease.
class LockoutTable
{
public:
    // Allocates all memory for this number of addresses, and of failures that are counted for each
    // address. Throws std::bad_alloc if there is not enough.
    LockoutTable(size_t addresses, int failures);

    static size_t memoryFor(size_t addresses, int failures)
    {
        return Table::memoryFor(addresses)
               + addresses * static_cast<size_t>(failures) * sizeof(Failure);
    }

    struct Lock
    {
        LockoutAddress address;
        qint64 end = 0;
    };
    struct Outcome
    {
        std::optional<Lock> lock;               // a lock that has begun
        std::optional<LockoutAddress> unlocked; // its lock ended early
    };

    // Returns when the lock of the address ends, if it is locked.
    std::optional<qint64> lockEnd(const LockoutAddress &address, qint64 now) const;
    // Counts a wrong credential, unless the address is locked. The limit of failures must not
    // exceed the number that is counted.
    Outcome addFailure(const LockoutAddress &address, quint32 credential, qint64 now,
                       const LockoutLimits &limits);
    // Counts a guess if the address is locked; a repeated one counts once. If there is no room,
    // users are suspended before they reach the limit; if as many users are suspended as failures
    // are counted, a guess for another one suspends all.
    void addGuess(const LockoutAddress &address, const CredentialDigest &guess, qint64 now,
                  int maximum);
    // Returns whether the user's exemption from the lock of the address is suspended.
    bool isSuspended(const LockoutAddress &address, quint32 user, qint64 now) const;

    // Ends the locks that are due, and calls ended(address) for each.
    template <typename Ended>
    void endLocks(qint64 now, const Ended &ended)
    {
        while (m_nextEnd <= now)
            ended(endFirstLock());
    }
    // Forgets each locked address for which matches(address) is true, and calls ended(address).
    template <typename Matches, typename Ended>
    void release(const Matches &matches, const Ended &ended)
    {
        for (List &list : m_locked) {
            for (Number number = list.first; number != Table::None;) {
                const LockoutAddress address = m_table[number].address;
                const Number next = m_table[number].next;
                if (matches(address)) {
                    forget(number, &list);
                    ended(address);
                }
                number = next;
            }
        }
        updateNextEnd();
    }
    // Calls visit(lock) for each lock.
    template <typename Visit>
    void forEachLock(const Visit &visit) const
    {
        for (const List &list : m_locked) {
            for (Number number = list.first; number != Table::None; number = m_table[number].next)
                visit(Lock{m_table[number].address, m_table[number].value.lastEvent});
        }
    }
    // Adds the entries of another table to this empty one, as many as fit, locks first. Calls
    // ended(address) for each lock that does not fit.
    template <typename Ended>
    void insertAll(const LockoutTable &other, const Ended &ended)
    {
        for (const List &list : other.m_locked) {
            for (auto number = list.first; number != Table::None; number = other.next(number)) {
                if (const auto unlocked = makeRoom())
                    ended(*unlocked);
                copyEntry(other, number);
            }
        }
        if (m_table.isFull())
            return;
        for (auto number = other.m_unlocked.first; number != Table::None;
             number = other.next(number)) {
            makeRoom();
            copyEntry(other, number);
        }
    }

    size_t lockedCount() const { return m_lockedCount; }
    std::optional<qint64> nextEnd() const
    {
        return m_lockedCount > 0 ? std::optional(m_nextEnd) : std::nullopt;
    }

private:
    // A wrong credential, and the lower bits of the time when it was last seen. While the address
    // is locked, a guess and its user; if the credential is Suspended, the user is.
    struct Failure
    {
        quint32 credential;
        quint32 momentOrUser;
    };
    struct State
    {
        // The last failure or, if that is later, the end of the last lock.
        qint64 lastEvent = 0;
        quint32 failures = 0; // or guesses
        quint8 lockouts = 0;  // in succession
        bool isLocked = false;
        bool suspendsAll = false; // while it is locked
    };
    using Table = AddressTable<State>;
    using Number = Table::Number;
    using List = Table::List;

    // Doubling the duration this many times, starting with 1 ms, exceeds every int.
    static constexpr quint8 MaximumLockouts = 31;
    static constexpr quint32 Suspended = 0;

    Number next(Number number) const { return m_table[number].next; }
    Failure *failuresOf(Number number) { return m_failures.data() + number * m_failuresPerAddress; }
    const Failure *failuresOf(Number number) const
    {
        return m_failures.data() + number * m_failuresPerAddress;
    }
    // Returns the entry of the address if it is locked, or None.
    Number lockedEntry(const LockoutAddress &address, qint64 now) const;
    void forgetOld(Number number, qint64 now, const LockoutLimits &limits);
    void note(Number number, quint32 credential, qint64 now);
    void suspend(Number number, quint32 user);
    bool makeRoomForGuess(Number number);
    Lock lock(Number number, qint64 now, const LockoutLimits &limits);
    // Moves an entry to the list of its lock, in the order in which the locks end.
    void moveToLocked(Number number, List *from);
    std::optional<LockoutAddress> makeRoom();
    List *listWithFirstEnd();
    LockoutAddress endFirstLock();
    void forget(Number number, List *list);
    void updateNextEnd();
    void copyEntry(const LockoutTable &other, Number from);

    Table m_table;
    std::vector<Failure> m_failures; // of each entry, as many as are counted
    size_t m_failuresPerAddress;
    List m_unlocked; // the most recent failure is the last
    // One list for each number of lockouts, which determines the duration: the locks in a list end
    // in the order in which they have begun, unless the duration is changed.
    std::array<List, MaximumLockouts + 1> m_locked;
    size_t m_lockedCount = 0;
    qint64 m_nextEnd = std::numeric_limits<qint64>::max();
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_LOCKOUTTABLE_H
