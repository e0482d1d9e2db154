// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DECISIONTALLY_H
#define QZAP_REPORTING_DECISIONTALLY_H

#include "reporting/decisionrecord.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>
#include <QtCore/qlist.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <vector>

namespace QZap::Internal {

// Statistics of decisions. The engine adds the decisions of a batch at once; any thread may read.
class DecisionTally
{
public:
    // The upper limits of the classes of durations, in ns. There is one more class, without limit.
    static constexpr std::array<qint64, 17> DurationLimits = {
        50'000,      100'000,       250'000,       500'000,       1'000'000,     2'500'000,
        5'000'000,   10'000'000,    25'000'000,    50'000'000,    100'000'000,   250'000'000,
        500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

    // Decisions of a batch that are alike.
    struct Entry
    {
        size_t domain; // the number of its label
        qint64 received;
        Mechanism mechanism;
        Outcome outcome;
        Cause cause;
        qint64 count = 1;

        bool isLike(const Entry &other) const
        {
            return domain == other.domain && received == other.received
                   && mechanism == other.mechanism && outcome == other.outcome
                   && cause == other.cause;
        }
    };
    struct Series
    {
        size_t domain;
        Mechanism mechanism;
        Outcome outcome;
        Cause cause;
        qint64 count;
    };
    struct Snapshot
    {
        QList<QByteArray> domains; // labels
        std::vector<Series> series;
        // The durations of requests that were answered, by class; the counts are not cumulative.
        std::array<qint64, DurationLimits.size() + 1> durations{};
        qint64 durationSum = 0; // ns
    };

    // Adds decisions whose replies were sent at the time `replied`.
    void add(const std::vector<Entry> &entries, const QList<QByteArray> &domains, qint64 replied);
    [[nodiscard]] Snapshot snapshot() const;

private:
    static quint32 keyOf(const Entry &entry);
    void count(const Entry &entry);
    void addDuration(qint64 duration, qint64 times);

    // The series of one domain, of which there are few.
    struct Counter
    {
        quint32 key;
        qint64 count;
    };
    using Counters = std::vector<Counter>;

    mutable std::mutex m_mutex;
    QList<QByteArray> m_domains;
    std::vector<Counters> m_counters; // by domain
    std::array<qint64, DurationLimits.size() + 1> m_durations{};
    qint64 m_durationSum = 0;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DECISIONTALLY_H
