// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_BATCHBUDGET_H
#define QZAP_TRANSPORT_BATCHBUDGET_H

#include <QtCore/qglobal.h>

#include <algorithm>
#include <chrono>

namespace QZap::Internal {

// How many messages may be handled at once: as many as take a given time, by how long the last
// ones took, whether that was memory's fault, a slot's or a provider's.
class BatchBudget
{
public:
    using Nanoseconds = std::chrono::nanoseconds;

    BatchBudget(Nanoseconds budget, int maximum)
        : m_budget(budget)
        , m_maximum(maximum)
    { }

    // At least one.
    int limit() const
    {
        return static_cast<int>(std::clamp<qint64>(m_budget / m_each, 1, m_maximum));
    }
    void add(int count, Nanoseconds time)
    {
        if (count < 1)
            return;
        constexpr int Weight = 4; // the news has a fourth of it
        // Whatever takes longer than everything may is handled one by one, and soon forgotten.
        const Nanoseconds each = std::clamp(time / count, Nanoseconds(1), m_budget);
        m_each += (each - m_each) / Weight;
    }

private:
    Nanoseconds m_budget;
    int m_maximum;
    Nanoseconds m_each{std::chrono::microseconds(2)};
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_BATCHBUDGET_H
