// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/admissions.h"

namespace QZap::Internal {

namespace {

void countDown(QHash<QByteArray, int> *counts, const QByteArray &name)
{
    const auto count = counts->find(name);
    if (--*count == 0)
        counts->erase(count);
}

} // namespace

std::optional<Admissions::Ticket> Admissions::admit(Sender sender, int maximum,
                                                    int maximumPerAddress)
{
    if (m_counts->total >= maximum
        || m_counts->byAddress.value(sender.address) >= maximumPerAddress)
        return std::nullopt;
    // Computed in 64 bits, since the maximum of an address can be any int.
    const qint64 maximumPerGroup = qint64{maximumPerAddress} * GroupFactor;
    if (!sender.group.isEmpty() && m_counts->byGroup.value(sender.group) >= maximumPerGroup)
        return std::nullopt;
    return Ticket(m_counts, std::move(sender));
}

Admissions::Ticket::Ticket(std::shared_ptr<Counts> counts, Sender sender)
    : m_counts(std::move(counts))
    , m_sender(std::move(sender))
{
    ++m_counts->total;
    ++m_counts->byAddress[m_sender.address];
    if (!m_sender.group.isEmpty())
        ++m_counts->byGroup[m_sender.group];
}

Admissions::Ticket::~Ticket()
{
    if (!m_counts)
        return;
    --m_counts->total;
    countDown(&m_counts->byAddress, m_sender.address);
    if (!m_sender.group.isEmpty())
        countDown(&m_counts->byGroup, m_sender.group);
}

} // namespace QZap::Internal
