// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORTQUEUE_H
#define QZAP_REPORTING_REPORTQUEUE_H

#include "reporting/reportbatch.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace QZap::Internal {

// The values of the authenticator's counters.
struct Counts
{
    qint64 accepted = 0;
    qint64 rejected = 0;
    qint64 unenforced = 0; // refused, but let in
    qint64 temporary = 0;
    qint64 dropped = 0;
    qint64 unreported = 0; // not reported because the queue was full
    qint64 unlogged = 0;
    qint64 pending = 0; // currently
};

// Decisions on their way from the engine to the signals and the log, in order, between threads or
// within one. A listener that is too slow loses reports, never decisions: the queue is bounded, and
// reports that do not fit are counted.
class ReportQueue
{
public:
    static constexpr size_t MaximumSize = 10'000;

    // Takes the reports out of the batch, and gives it the memory of an earlier batch.
    void append(ReportBatch *batch, const Counts &counts)
    {
        const std::scoped_lock lock(m_mutex);
        const qint64 unreported = m_counts.unreported;
        m_counts = counts;
        m_counts.unreported = unreported;
        const size_t room = MaximumSize - std::min(m_size, MaximumSize);
        if (batch->size() > room) {
            m_counts.unreported += static_cast<qint64>(batch->size() - room);
            batch->truncate(room);
        }
        if (batch->isEmpty())
            return;
        m_size += batch->size();
        m_batches.push_back(std::exchange(*batch, ReportBatch()));
        if (!m_spares.empty()) {
            *batch = std::move(m_spares.back());
            m_spares.pop_back();
        }
    }

    // Replaces the delivered batch with the oldest one; empty if there is none.
    void takeBatch(ReportBatch *batch)
    {
        batch->clear();
        const std::scoped_lock lock(m_mutex);
        if (m_batches.empty())
            return;
        const bool isWorthKeeping = batch->capacity() > 0 && batch->capacity() <= SpareCapacity;
        if (isWorthKeeping && m_spares.size() < MaximumSpares)
            m_spares.push_back(std::move(*batch));
        *batch = std::move(m_batches.front());
        m_batches.pop_front();
        m_size -= batch->size();
    }
    bool isEmpty() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_batches.empty();
    }

    Counts counts() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_counts;
    }

private:
    static constexpr size_t MaximumSpares = 16;
    static constexpr size_t SpareCapacity = 256; // more than a batch of requests contains

    mutable std::mutex m_mutex;
    std::deque<ReportBatch> m_batches;
    std::vector<ReportBatch> m_spares; // empty, kept for their memory
    size_t m_size = 0;                 // number of reports
    Counts m_counts;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORTQUEUE_H
