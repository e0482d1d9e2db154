// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/decisiontally.h"

#include <algorithm>

namespace QZap::Internal {

quint32 DecisionTally::keyOf(const Entry &entry)
{
    return static_cast<quint32>(entry.mechanism) << 16 | static_cast<quint32>(entry.outcome) << 8
           | static_cast<quint32>(entry.cause);
}

void DecisionTally::add(const std::vector<Entry> &entries, const QList<QByteArray> &domains,
                        qint64 replied)
{
    const std::scoped_lock lock(m_mutex);
    if (m_domains.size() != domains.size()) {
        m_domains = domains;
        m_counters.resize(static_cast<size_t>(domains.size()));
    }
    for (const Entry &entry : entries) {
        if (entry.count == 0)
            continue; // all were withdrawn
        count(entry);
        if (entry.outcome != Outcome::Dropped)
            addDuration(replied - entry.received, entry.count);
    }
}

void DecisionTally::count(const Entry &entry)
{
    Counters &counters = m_counters[entry.domain];
    const quint32 key = keyOf(entry);
    for (Counter &counter : counters) {
        if (counter.key == key) {
            counter.count += entry.count;
            return;
        }
    }
    counters.push_back({key, entry.count});
}

void DecisionTally::addDuration(qint64 duration, qint64 times)
{
    // Most durations are in one of the first classes.
    size_t index = 0;
    while (index < DurationLimits.size() && duration > DurationLimits[index])
        ++index;
    m_durations[index] += times;
    m_durationSum += std::max<qint64>(duration, 0) * times;
}

DecisionTally::Snapshot DecisionTally::snapshot() const
{
    Snapshot result;
    const std::scoped_lock lock(m_mutex);
    result.domains = m_domains;
    for (size_t domain = 0; domain < m_counters.size(); ++domain) {
        for (const Counter &counter : m_counters[domain]) {
            result.series.push_back({domain, static_cast<Mechanism>(counter.key >> 16),
                                     static_cast<Outcome>(counter.key >> 8 & 0xff),
                                     static_cast<Cause>(counter.key & 0xff), counter.count});
        }
    }
    result.durations = m_durations;
    result.durationSum = m_durationSum;
    return result;
}

} // namespace QZap::Internal
