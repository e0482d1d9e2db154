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

std::optional<qint64> LockoutTable::lockEnd(const LockoutAddress &address, qint64 now) const
{
    if (m_lockedCount == 0)
        return std::nullopt;
    const Number number = m_table.find(address);
    if (number == Table::None)
        return std::nullopt;
    const State &state = m_table[number].value;
    return state.isLocked && state.lockEnd > now ? std::optional(state.lockEnd) : std::nullopt;
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
        return moment - failure.moment >= static_cast<quint32>(limits.interval);
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

LockoutTable::Lock LockoutTable::lock(Number number, qint64 now, const LockoutLimits &limits)
{
    State &state = m_table[number].value;
    qint64 duration = limits.duration;
    quint8 doublings = 0;
    for (; doublings < state.lockouts && duration < limits.maximumDuration; ++doublings)
        duration *= 2;
    duration = std::min(duration, limits.maximumDuration);
    state.lockEnd = now + duration;
    state.lastEvent = state.lockEnd;
    state.failures = 0;
    state.isLocked = true;
    state.lockouts = doublings; // of the list, below
    moveToLocked(number, &m_unlocked);
    return {m_table[number].address, state.lockEnd};
}

void LockoutTable::moveToLocked(Number number, List *from)
{
    const State &state = m_table[number].value;
    List *const to = &m_locked[state.lockouts];
    Number previous = to->last;
    while (previous != Table::None && m_table[previous].value.lockEnd > state.lockEnd)
        previous = m_table[previous].previous;
    m_table.moveBehind(number, from, to, previous);
    ++m_lockedCount;
    m_nextEnd = std::min(m_nextEnd, state.lockEnd);
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
                || m_table[list.first].value.lockEnd < m_table[first->first].value.lockEnd)) {
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
    m_nextEnd = first ? m_table[first->first].value.lockEnd : std::numeric_limits<qint64>::max();
}

void LockoutTable::copyEntry(const LockoutTable &other, Number from)
{
    const Table::Entry &entry = other.m_table[from];
    const Number number = m_table.insert(entry.address, &m_unlocked);
    State &state = m_table[number].value;
    state = entry.value;
    // The failure that follows is counted, and locks the address if its number is reached.
    const auto kept = std::min<size_t>(state.failures, m_failuresPerAddress - 1);
    state.failures = static_cast<quint32>(kept);
    std::copy_n(other.failuresOf(from), kept, failuresOf(number));
    if (state.isLocked)
        moveToLocked(number, &m_unlocked);
}

} // namespace QZap::Internal
