// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_BATCHBUDGET_H
#define QZAP_TRANSPORT_BATCHBUDGET_H

#include <QtCore/qglobal.h>

#include <algorithm>
#include <chrono>

namespace QZap::Internal {

// Limits how many messages are handled at once, so that they take at most a given time. The time of
// a message is estimated from the previous ones, including slots and providers.
class BatchBudget
{
public:
    using Nanoseconds = std::chrono::nanoseconds;

    BatchBudget(Nanoseconds budget, int maximum)
        : m_budget(budget)
        , m_maximum(maximum)
    { }

    // Returns at least 1.
    int limit() const
    {
        return static_cast<int>(std::clamp<qint64>(m_budget / m_each, 1, m_maximum));
    }
    void add(int count, Nanoseconds time)
    {
        if (count < 1)
            return;
        constexpr int Weight = 4; // the weight of a new measurement is a quarter
        // Messages that take longer than the whole budget are handled one by one. The estimate is
        // capped, so that it recovers soon.
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
