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

// Counts pending requests, from when they begin to wait or a provider is asked about them until
// they are answered: in total, by address and by group of addresses.
class Admissions
{
public:
    // The maximum of a group, as a multiple of that of an address.
    static constexpr int GroupFactor = 4;

    // Counts one request until it is destroyed. May outlive the admissions.
    class Ticket;

    // Counts one more request of the sender, unless a maximum is reached.
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
