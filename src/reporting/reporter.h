// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORTER_H
#define QZAP_REPORTING_REPORTER_H

#include "policy/decide.h"
#include "protocol/request.h"
#include "reporting/logfilter.h"
#include "reporting/reportbatch.h"
#include "reporting/reportqueue.h"

#include <atomic>

namespace QZap::Internal {

// The signals that are connected. Set by the authenticator, read by its engine.
class Listeners
{
public:
    enum Listener : quint8 { All = 1, Accepted = 2, Refused = 4 };

    void add(quint8 listeners) { m_listeners.fetch_or(listeners, std::memory_order_relaxed); }
    void remove(quint8 listeners)
    {
        m_listeners.fetch_and(static_cast<quint8>(~listeners), std::memory_order_relaxed);
    }
    bool have(quint8 any) const { return (m_listeners.load(std::memory_order_relaxed) & any) != 0; }

private:
    std::atomic<quint8> m_listeners{0};
};

// The engine's end of reporting: counts decisions, and creates reports of those that are logged or
// signaled, but not of others.
class Reporter
{
public:
    Reporter(ReportQueue &queue, const Listeners &listeners, const LogCategory &category)
        : m_queue(queue)
        , m_listeners(listeners)
        , m_log(category)
    { }

    // A decision that was counted, until commit().
    struct Receipt
    {
        Status status;
        bool isEnforced;
        qsizetype report; // its index in the batch; -1 if it is not reported
    };

    Receipt add(const Request &request, const Verdict &verdict, QByteArrayView userId,
                const QByteArray &metadata);
    // Call this if the reply reached nobody: counts the decision as dropped instead, without a
    // report.
    void withdraw(const Receipt &receipt);
    void addDropped() { ++m_counts.dropped; }
    void setPendingCount(qint64 count) { m_counts.pending = count; }
    // Passes the reports on, after the replies have been sent.
    void commit();

private:
    ReportQueue &m_queue;
    const Listeners &m_listeners;
    LogFilter m_log;
    Counts m_counts;
    qint64 &countOf(Status status, bool isEnforced);

    ReportBatch m_reports;
    bool m_haveWithdrawn = false;
    qint64 m_time = 0; // of the first report
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORTER_H
