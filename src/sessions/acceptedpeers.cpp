// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/acceptedpeers.h"

#include "base/keyeddigest.h"

#include <cstring>

namespace QZap::Internal {

namespace {

constexpr QByteArrayView UserLabel = "accepted user";
constexpr QByteArrayView CredentialLabel = "accepted credential";

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

// Under a key of this process, so that peers cannot choose names that share a slot.
size_t AcceptedPeers::slotOf(QByteArrayView label, const Place &place, QByteArrayView text)
{
    const char mechanism = static_cast<char>(place.mechanism);
    const KeyedDigest digest =
        keyedDigest({label, place.domain, QByteArrayView(&mechanism, 1), text});
    size_t slot = 0;
    std::memcpy(&slot, digest.data(), sizeof slot);
    return slot % SlotCount;
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
