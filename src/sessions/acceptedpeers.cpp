// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/acceptedpeers.h"

#include "base/bytehash.h"

namespace QZap::Internal {

namespace {

// Beyond the values of mechanisms.
constexpr quint64 UserLabel = 0x100;
constexpr quint64 CredentialLabel = 0x200;

} // namespace

void AcceptedPeers::enable()
{
    const std::scoped_lock lock(m_mutex);
    if (m_storage)
        return;
    m_storage = std::make_unique<Slots>();
    m_slots = m_storage.get();
}

void AcceptedPeers::add(const Place &place, QByteArrayView credential, QByteArrayView userId,
                        quint64 number)
{
    Slots *const table = m_slots;
    if (!table)
        return;
    raise(&(*table)[slotOf(CredentialLabel, place, credential)], number);
    if (!userId.isEmpty())
        raise(&(*table)[slotOf(UserLabel, place, userId)], number);
}

bool AcceptedPeers::mayHaveUser(const Place &place, QByteArrayView userId, quint64 after) const
{
    return isAbove(slotOf(UserLabel, place, userId), after);
}

bool AcceptedPeers::mayHaveCredential(const Place &place, QByteArrayView credential,
                                      quint64 after) const
{
    return isAbove(slotOf(CredentialLabel, place, credential), after);
}

// Peers that share a slot are ended together without need, and nothing else.
size_t AcceptedPeers::slotOf(quint64 label, const Place &place, QByteArrayView text)
{
    const size_t seed =
        QHashSeed::globalSeed() ^ static_cast<size_t>(label) ^ static_cast<size_t>(place.mechanism);
    return hashBytes(text, hashBytes(place.domain, seed)) % SlotCount;
}

void AcceptedPeers::raise(std::atomic<quint64> *slot, quint64 number)
{
    quint64 last = *slot;
    while (last < number && !slot->compare_exchange_weak(last, number)) { }
}

bool AcceptedPeers::isAbove(size_t slot, quint64 after) const
{
    const Slots *const table = m_slots;
    return table && (*table)[slot] > after;
}

} // namespace QZap::Internal
