// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/reportdelivery.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace QZap::Internal {

namespace {
// The maximum in one turn of the event loop, so that it keeps running.
constexpr size_t ReportsAtOnce = 256;
} // namespace

ReportDelivery::ReportDelivery(QObject *owner, Sink &sink)
    : m_owner(owner)
    , m_sink(sink)
    , m_log(owner)
{ }

bool ReportDelivery::deliver()
{
    const QPointer<QObject> guard(m_owner);
    for (size_t left = ReportsAtOnce; left > 0; --left) {
        if (m_batch.isEmpty()) {
            m_queue.takeBatch(&m_batch);
            if (m_batch.isEmpty())
                break;
        }
        Report report = m_batch.take();
        m_log.write(report);
        if (!guard)
            return false;
        m_sink.reportDecision(report);
        if (!guard)
            return false;
        m_batch.recycle(std::move(report));
    }
    const Counts counts = m_queue.counts();
    const Counts before = std::exchange(m_reportedCounts, counts);
    m_log.setSuppressedCount(counts.unlogged);
    m_sink.reportCounts(before, counts);
    return guard && (!m_batch.isEmpty() || !m_queue.isEmpty());
}

} // namespace QZap::Internal
