// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/lockouttable.h"

#include <algorithm>

namespace QZap::Internal {

LockoutTable::LockoutTable(size_t addresses, int failures)
    : m_table(addresses)
    , m_failures(addresses * static_cast<size_t>(failures))
    , m_failuresPerAddress(static_cast<size_t>(failures))
{ }

LockoutTable::Number LockoutTable::lockedEntry(const LockoutAddress &address, qint64 now) const
{
    if (m_lockedCount == 0)
        return Table::None;
    const Number number = m_table.find(address);
    if (number == Table::None)
        return Table::None;
    const State &state = m_table[number].value;
    return state.isLocked && state.lastEvent > now ? number : Table::None;
}

std::optional<qint64> LockoutTable::lockEnd(const LockoutAddress &address, qint64 now) const
{
    const Number number = lockedEntry(address, now);
    return number == Table::None ? std::nullopt : std::optional(m_table[number].value.lastEvent);
}

LockoutTable::Outcome LockoutTable::addFailure(const LockoutAddress &address, quint32 credential,
                                               qint64 now, const LockoutLimits &limits)
{
    Outcome outcome;
    Number number = m_table.find(address);
    if (number == Table::None) {
        outcome.unlocked = makeRoom();
        number = m_table.insert(address, &m_unlocked);
    } else if (m_table[number].value.isLocked) {
        return outcome;
    } else {
        m_table.move(number, &m_unlocked, &m_unlocked);
        forgetOld(number, now, limits);
    }
    note(number, credential, now);
    State &state = m_table[number].value;
    state.lastEvent = now;
    if (state.failures >= static_cast<quint32>(limits.failures))
        outcome.lock = lock(number, now, limits);
    return outcome;
}

void LockoutTable::forgetOld(Number number, qint64 now, const LockoutLimits &limits)
{
    State &state = m_table[number].value;
    const qint64 quietTime = now - state.lastEvent;
    if (quietTime >= limits.maximumDuration)
        state.lockouts = 0;
    if (quietTime >= limits.interval) {
        state.failures = 0;
        return;
    }
    // No failure is older than two intervals here, which are less than 2^32 ms.
    const auto isOld = [&limits, moment = static_cast<quint32>(now)](const Failure &failure) {
        return moment - failure.momentOrUser >= static_cast<quint32>(limits.interval);
    };
    Failure *const failures = failuresOf(number);
    state.failures =
        static_cast<quint32>(std::remove_if(failures, failures + state.failures, isOld) - failures);
}

void LockoutTable::note(Number number, quint32 credential, qint64 now)
{
    quint32 &count = m_table[number].value.failures;
    Failure *const failures = failuresOf(number);
    Failure *found = std::find_if(failures, failures + count, [credential](const Failure &failure) {
        return failure.credential == credential;
    });
    if (found == failures + count)
        ++count;
    *found = {credential, static_cast<quint32>(now)};
}

void LockoutTable::addGuess(const LockoutAddress &address, const CredentialDigest &guess,
                            qint64 now, int maximum)
{
    const Number number = lockedEntry(address, now);
    if (number == Table::None || isSuspended(address, guess.user, now))
        return;
    State &state = m_table[number].value;
    Failure *const guesses = failuresOf(number);
    int former = 0;
    for (quint32 i = 0; i < state.failures; ++i) {
        if (guesses[i].momentOrUser != guess.user)
            continue;
        if (guesses[i].credential == guess.credential)
            return;
        ++former;
    }
    const bool isFull = state.failures == m_failuresPerAddress;
    if (former + 1 >= maximum || (former > 0 && isFull))
        suspend(number, guess.user);
    else if (makeRoomForGuess(number))
        guesses[state.failures++] = {guess.credential, guess.user};
    else
        state.suspendsAll = true;
}

// Suspends the users with the oldest guesses. Returns false if all guessed users are suspended.
bool LockoutTable::makeRoomForGuess(Number number)
{
    const State &state = m_table[number].value;
    const Failure *const guesses = failuresOf(number);
    while (state.failures == m_failuresPerAddress) {
        const Failure *const end = guesses + state.failures;
        const Failure *const oldest = std::find_if(
            guesses, end, [](const Failure &guess) { return guess.credential != Suspended; });
        if (oldest == end)
            return false;
        suspend(number, oldest->momentOrUser);
    }
    return true;
}

// Replaces the user's guesses, which are no longer needed, so that other users have room.
void LockoutTable::suspend(Number number, quint32 user)
{
    State &state = m_table[number].value;
    Failure *const guesses = failuresOf(number);
    const auto isOfUser = [user](const Failure &guess) { return guess.momentOrUser == user; };
    Failure *end = std::remove_if(guesses, guesses + state.failures, isOfUser);
    if (end == guesses + m_failuresPerAddress)
        state.suspendsAll = true;
    else
        *end++ = {Suspended, user};
    state.failures = static_cast<quint32>(end - guesses);
}

bool LockoutTable::isSuspended(const LockoutAddress &address, quint32 user, qint64 now) const
{
    const Number number = lockedEntry(address, now);
    if (number == Table::None)
        return false;
    const State &state = m_table[number].value;
    const Failure *const guesses = failuresOf(number);
    return state.suspendsAll
           || std::any_of(guesses, guesses + state.failures, [user](const Failure &guess) {
                  return guess.momentOrUser == user && guess.credential == Suspended;
              });
}

LockoutTable::Lock LockoutTable::lock(Number number, qint64 now, const LockoutLimits &limits)
{
    State &state = m_table[number].value;
    qint64 duration = limits.duration;
    quint8 doublings = 0;
    for (; doublings < state.lockouts && duration < limits.maximumDuration; ++doublings)
        duration *= 2;
    duration = std::min(duration, limits.maximumDuration);
    state.lastEvent = now + duration;
    state.failures = 0; // from now on, guesses
    state.isLocked = true;
    state.suspendsAll = false;
    state.lockouts = doublings; // of the list, below
    moveToLocked(number, &m_unlocked);
    return {m_table[number].address, state.lastEvent};
}

void LockoutTable::moveToLocked(Number number, List *from)
{
    const State &state = m_table[number].value;
    List *const to = &m_locked[state.lockouts];
    Number previous = to->last;
    while (previous != Table::None && m_table[previous].value.lastEvent > state.lastEvent)
        previous = m_table[previous].previous;
    m_table.moveBehind(number, from, to, previous);
    ++m_lockedCount;
    m_nextEnd = std::min(m_nextEnd, state.lastEvent);
}

std::optional<LockoutAddress> LockoutTable::makeRoom()
{
    if (!m_table.isFull())
        return std::nullopt;
    std::optional<LockoutAddress> unlocked;
    if (m_unlocked.first == Table::None)
        unlocked = endFirstLock();
    m_table.remove(m_unlocked.first, &m_unlocked);
    return unlocked;
}

LockoutTable::List *LockoutTable::listWithFirstEnd()
{
    List *first = nullptr;
    for (List &list : m_locked) {
        if (list.first != Table::None
            && (!first
                || m_table[list.first].value.lastEvent < m_table[first->first].value.lastEvent)) {
            first = &list;
        }
    }
    return first;
}

LockoutAddress LockoutTable::endFirstLock()
{
    List *const list = listWithFirstEnd();
    const Number number = list->first;
    State &state = m_table[number].value;
    state.isLocked = false;
    state.failures = 0;
    state.lockouts = std::min<quint8>(state.lockouts + 1, MaximumLockouts);
    m_table.move(number, list, &m_unlocked);
    --m_lockedCount;
    updateNextEnd();
    return m_table[number].address;
}

void LockoutTable::forget(Number number, List *list)
{
    m_table.remove(number, list);
    --m_lockedCount;
}

void LockoutTable::updateNextEnd()
{
    const List *const first = listWithFirstEnd();
    m_nextEnd = first ? m_table[first->first].value.lastEvent : std::numeric_limits<qint64>::max();
}

void LockoutTable::copyEntry(const LockoutTable &other, Number from)
{
    const Table::Entry &entry = other.m_table[from];
    const Number number = m_table.insert(entry.address, &m_unlocked);
    State &state = m_table[number].value;
    state = entry.value;
    // The failure that follows is counted, and locks the address if its number is reached.
    const size_t most = state.isLocked ? m_failuresPerAddress : m_failuresPerAddress - 1;
    const auto kept = std::min<size_t>(state.failures, most);
    state.suspendsAll |= state.isLocked && kept < state.failures;
    state.failures = static_cast<quint32>(kept);
    std::copy_n(other.failuresOf(from), kept, failuresOf(number));
    if (state.isLocked)
        moveToLocked(number, &m_unlocked);
}

} // namespace QZap::Internal
