// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_ADMISSIONS_H
#define QZAP_ENGINE_WAITING_ADMISSIONS_H

#include "engine/waiting/sender.h"

#include <QtCore/qhash.h>

#include <memory>
#include <optional>
#include <utility>

namespace QZap::Internal {

// Counts the requests that are pending, from when they begin to wait, or to be asked about, until
// they are answered; in all, by address and by group of addresses.
class Admissions
{
public:
    // How many times the bound of an address is that of a group.
    static constexpr int GroupFactor = 4;

    // One request that is counted, for as long as this exists. May outlive the admissions.
    class Ticket;

    // Counts one more request of the sender, unless a bound is reached.
    [[nodiscard]] std::optional<Ticket> admit(Sender sender, int maximum, int maximumPerAddress);
    qsizetype count() const { return m_counts->total; }

private:
    struct Counts
    {
        qsizetype total = 0;
        QHash<QByteArray, int> byAddress;
        QHash<QByteArray, int> byGroup;
    };

    const std::shared_ptr<Counts> m_counts = std::make_shared<Counts>();
};

class Admissions::Ticket
{
public:
    Ticket(std::shared_ptr<Counts> counts, Sender sender);
    Ticket(Ticket &&other) noexcept = default;
    Ticket &operator=(Ticket &&other) noexcept
    {
        std::swap(m_counts, other.m_counts);
        std::swap(m_sender, other.m_sender);
        return *this;
    }
    Q_DISABLE_COPY(Ticket)
    ~Ticket();

    const Sender &sender() const { return m_sender; }

private:
    std::shared_ptr<Counts> m_counts; // null once moved from
    Sender m_sender;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_ADMISSIONS_H
