// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_REPORTQUEUE_H
#define QZAP_AUTHENTICATOR_REPORTQUEUE_H

#include "authenticator/report.h"

#include <QtCore/qglobal.h>

#include <deque>
#include <mutex>
#include <vector>

namespace QZap::Internal {

// How often something has happened.
struct Counts
{
    qint64 accepted = 0;
    qint64 rejected = 0;
    qint64 temporary = 0;
    qint64 dropped = 0;
    qint64 unreported = 0; // decided, but there was no room to tell of it
    qint64 unlogged = 0;
    qint64 pending = 0; // right now
};

// Decisions on their way from the engine to whoever listens, in their order, from one thread to
// another or within one. A listener that is too slow loses reports, never decisions: the queue is
// bounded, and what finds no room is counted.
class ReportQueue
{
public:
    static constexpr size_t MaximumSize = 10'000;

    // Takes the reports out of the vector, whose memory stays.
    void append(std::vector<Report> *reports, const Counts &counts)
    {
        const std::scoped_lock lock(m_mutex);
        const qint64 unreported = m_counts.unreported;
        m_counts = counts;
        m_counts.unreported = unreported;
        for (Report &report : *reports) {
            if (m_reports.size() < MaximumSize)
                m_reports.push_back(std::move(report));
            else
                ++m_counts.unreported;
        }
        reports->clear();
    }

    // Moves some reports, the oldest, to the end of the deque. Returns whether there are more.
    bool take(size_t maximum, std::deque<Report> *reports)
    {
        const std::scoped_lock lock(m_mutex);
        for (; maximum > 0 && !m_reports.empty(); --maximum) {
            reports->push_back(std::move(m_reports.front()));
            m_reports.pop_front();
        }
        return !m_reports.empty();
    }

    Counts counts() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_counts;
    }

private:
    mutable std::mutex m_mutex;
    std::deque<Report> m_reports;
    Counts m_counts;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_REPORTQUEUE_H
