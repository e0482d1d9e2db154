// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_REPORTER_H
#define QZAP_REPORTING_REPORTER_H

#include "policy/decide.h"
#include "protocol/request.h"
#include "reporting/decisionobservers.h"
#include "reporting/decisiontally.h"
#include "reporting/domainlabels.h"
#include "reporting/logfilter.h"
#include "reporting/reportbatch.h"
#include "reporting/reportqueue.h"

#include <atomic>
#include <optional>
#include <vector>

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

// The engine's end of reporting: counts decisions, creates reports of those that are logged or
// signaled, but not of others, and records all of them if there are observers.
class Reporter
{
public:
    // The receivers of what is reported, of which each may live in another thread.
    struct Receivers
    {
        ReportQueue &queue;
        DecisionObservers &observers;
        DecisionTally &tally;
    };

    Reporter(Receivers receivers, const Listeners &listeners, const LogCategory &category)
        : m_receivers(receivers)
        , m_listeners(listeners)
        , m_log(category)
    { }

    // What is reported in addition to a verdict.
    struct Details
    {
        QByteArrayView userId;
        const QByteArray &metadata; // as sent for an accepted peer
        quint64 session = 0;        // number; 0: none
        qint64 received = 0;        // the time of the request's receipt, by the steady clock
        const Policy &policy;       // that was asked
        quint64 policyVersion = 0;
    };

    // A decision that was counted, until commit().
    struct Receipt
    {
        Status status;
        bool isEnforced;
        qsizetype report; // its index in the batch; -1 if it is not reported
        size_t entry;     // its index in the entries of the tally
        qptrdiff record;  // its position in the records; -1 if there is none
    };

    Receipt add(const Request &request, const Verdict &verdict, const Details &details);
    // Call this if the reply reached nobody: counts the decision as dropped instead, without a
    // report.
    void withdraw(const Receipt &receipt);
    // Counts a request that is not answered; it may have been parsed in part, or not at all.
    void addDropped(const Request &request, Cause cause, const Details &details);
    void setPendingCount(qint64 count) { m_counts.pending = count; }
    // Passes the reports on, after the replies have been sent.
    void commit();

private:
    qint64 &countOf(Status status, bool isEnforced);
    // Returns the time of the first decision since commit(), in ms since 1970.
    qint64 time();
    // Returns the index of the entry.
    size_t count(const DecisionTally::Entry &entry);
    // Returns the number of the domain's label.
    size_t labelOf(const Request &request, const Verdict &verdict, const Details &details);
    qsizetype report(const Request &request, const Verdict &verdict, const Details &details);
    qptrdiff record(const Request &request, DecisionRecord record, const Details &details);

    const Receivers m_receivers;
    const Listeners &m_listeners;
    LogFilter m_log;
    Counts m_counts;
    DomainLabels m_domains;
    // The last label that was found for a domain of its own.
    size_t m_label = 0;
    const DomainPolicy *m_labelledDomain = nullptr; // only compared
    quint64 m_labelledVersion = 0;

    // Since commit():
    ReportBatch m_reports;
    DecisionRecords m_records;
    std::vector<DecisionTally::Entry> m_entries;
    std::optional<qint64> m_time;
    bool m_haveWithdrawn = false;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_REPORTER_H
