// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/reportdelivery.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace QZap::Internal {

namespace {
// In one turn of the event loop, so that it goes on turning.
constexpr size_t BatchSize = 256;
} // namespace

ReportDelivery::ReportDelivery(QObject *owner, Sink &sink)
    : m_owner(owner)
    , m_sink(sink)
    , m_log(owner)
{ }

bool ReportDelivery::deliver()
{
    const QPointer<QObject> guard(m_owner);
    bool hasMore = false;
    if (m_reports.size() < BatchSize)
        hasMore = m_queue.take(BatchSize - m_reports.size(), &m_reports);
    // What is added by a slot waits for the next turn.
    for (size_t left = m_reports.size(); left > 0 && !m_reports.empty(); --left) {
        const Report report = std::move(m_reports.front());
        m_reports.pop_front();
        m_log.write(report);
        if (!guard)
            return false;
        m_sink.reportDecision(report);
        if (!guard)
            return false;
    }
    const Counts counts = m_queue.counts();
    const Counts before = std::exchange(m_reportedCounts, counts);
    m_log.setSuppressedCount(counts.unlogged);
    m_sink.reportCounts(before, counts);
    return guard && (hasMore || !m_reports.empty());
}

} // namespace QZap::Internal
