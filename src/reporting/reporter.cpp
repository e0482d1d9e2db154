// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/reporter.h"

#include "base/clock.h"
#include "protocol/qzaprequest_p.h"

#include <utility>

namespace QZap::Internal {

qint64 &Reporter::countOf(Status status, bool isEnforced)
{
    if (!isEnforced)
        return m_counts.unenforced;
    switch (status) {
    case Status::Success:
        return m_counts.accepted;
    case Status::TemporaryError:
        return m_counts.temporary;
    case Status::AuthenticationFailure:
    case Status::InternalError:
        break;
    }
    return m_counts.rejected;
}

qint64 Reporter::time()
{
    if (!m_time)
        m_time = Clock::wallMilliseconds();
    return *m_time;
}

Reporter::Receipt Reporter::add(const Request &request, const Verdict &verdict,
                                const Details &details)
{
    ++countOf(verdict.status, verdict.isEnforced);
    const Outcome outcome = outcomeOf(verdict.status, verdict.isEnforced);
    const size_t entry = count({labelOf(request, verdict, details), details.received,
                                request.mechanism, outcome, verdict.cause});
    Receipt receipt{verdict.status, verdict.isEnforced, -1, entry, -1};
    if (m_receivers.observers.areAttached()) {
        DecisionRecord copied;
        copied.status = verdict.status;
        copied.outcome = outcome;
        copied.cause = verdict.cause;
        copied.reason = verdict.reason;
        copied.user = details.userId;
        if (verdict.status == Status::Success || !verdict.isEnforced)
            copied.session = details.session;
        receipt.record = record(request, copied, details);
    }
    receipt.report = report(request, verdict, details);
    return receipt;
}

// Most decisions of a batch are alike.
size_t Reporter::count(const DecisionTally::Entry &entry)
{
    if (!m_entries.empty() && m_entries.back().isLike(entry))
        ++m_entries.back().count;
    else
        m_entries.push_back(entry);
    return m_entries.size() - 1;
}

// A policy that was found by the name of the request's domain identifies this name.
size_t Reporter::labelOf(const Request &request, const Verdict &verdict, const Details &details)
{
    const DomainPolicy *const named = verdict.fellBack ? nullptr : verdict.domain;
    if (!named || named != m_labelledDomain || details.policyVersion != m_labelledVersion) {
        m_label = m_domains.find(request.domain, details.policy, details.policyVersion);
        m_labelledDomain = named;
        m_labelledVersion = details.policyVersion;
    }
    return m_label;
}

qptrdiff Reporter::record(const Request &request, DecisionRecord record, const Details &details)
{
    record.time = time();
    record.mechanism = request.mechanism;
    record.domain = request.domain;
    record.address = request.address;
    record.key = request.publicKey;
    return m_records.append(record, details.received);
}

qsizetype Reporter::report(const Request &request, const Verdict &verdict, const Details &details)
{
    const auto listeners = static_cast<quint8>(
        Listeners::All
        | (verdict.status == Status::Success ? Listeners::Accepted : Listeners::Refused));
    const bool logged = m_log.wants(verdict.status);
    const bool newFallback = verdict.fellBack && m_log.isNewFallback(request.domain);
    const bool newUnknownDomain = verdict.isDomainUnknown && m_log.isNewUnknown(request.domain);
    if (!logged && !newFallback && !newUnknownDomain && !m_listeners.have(listeners))
        return -1;
    const size_t index = m_reports.append();
    Report &report = m_reports.at(index);
    QZapRequestPrivate::assign(&report.request, request, time());
    report.status = verdict.status;
    report.reason = verdict.reason;
    report.setUserId(details.userId);
    report.metadata = details.metadata;
    report.newFallback = newFallback;
    report.newUnknownDomain = newUnknownDomain;
    report.logged = logged;
    report.isEnforced = verdict.isEnforced;
    report.isWithdrawn = false;
    return static_cast<qsizetype>(index);
}

void Reporter::addDropped(const Request &request, Cause cause, const Details &details)
{
    ++m_counts.dropped;
    count({m_domains.find(request.domain, details.policy, details.policyVersion), details.received,
           request.mechanism, Outcome::Dropped, cause});
    if (!m_receivers.observers.areAttached())
        return;
    DecisionRecord copied;
    copied.outcome = Outcome::Dropped;
    copied.cause = cause;
    copied.user = details.userId;
    record(request, copied, details);
}

void Reporter::withdraw(const Receipt &receipt)
{
    --countOf(receipt.status, receipt.isEnforced);
    ++m_counts.dropped;
    DecisionTally::Entry dropped = m_entries[receipt.entry];
    --m_entries[receipt.entry].count;
    dropped.outcome = Outcome::Dropped;
    dropped.cause = Cause::Undelivered;
    dropped.count = 1;
    count(dropped);
    m_records.drop(receipt.record, Cause::Undelivered);
    if (receipt.report >= 0) {
        m_reports.at(static_cast<size_t>(receipt.report)).isWithdrawn = true;
        m_haveWithdrawn = true;
    }
}

void Reporter::commit()
{
    if (std::exchange(m_haveWithdrawn, false))
        m_reports.removeWithdrawn();
    m_counts.unlogged = m_log.suppressedCount();
    m_receivers.queue.append(&m_reports, m_counts);
    m_time.reset();
    if (m_entries.empty())
        return;
    const qint64 now = Clock::steady();
    m_receivers.tally.add(m_entries, m_domains.labels(), now);
    m_entries.clear();
    if (m_records.isEmpty() && m_records.lostCount() == 0)
        return;
    m_records.finish(now);
    m_receivers.observers.notify(m_records);
    m_records.clear();
}

} // namespace QZap::Internal
