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

Reporter::Receipt Reporter::add(const Request &request, const Verdict &verdict,
                                QByteArrayView userId, const QByteArray &metadata)
{
    ++countOf(verdict.status, verdict.isEnforced);
    const auto listeners = static_cast<quint8>(
        Listeners::All
        | (verdict.status == Status::Success ? Listeners::Accepted : Listeners::Refused));
    const bool logged = m_log.wants(verdict.status);
    const bool newFallback = verdict.fellBack && m_log.isNewFallback(request.domain);
    const bool newUnknownDomain = verdict.isDomainUnknown && m_log.isNewUnknown(request.domain);
    if (!logged && !newFallback && !newUnknownDomain && !m_listeners.have(listeners))
        return {verdict.status, verdict.isEnforced, -1};
    if (m_reports.isEmpty())
        m_time = Clock::wallMilliseconds();
    const size_t index = m_reports.append();
    Report &report = m_reports.at(index);
    QZapRequestPrivate::assign(&report.request, request, m_time);
    report.status = verdict.status;
    report.reason = verdict.reason;
    report.setUserId(userId);
    report.metadata = metadata;
    report.newFallback = newFallback;
    report.newUnknownDomain = newUnknownDomain;
    report.logged = logged;
    report.isEnforced = verdict.isEnforced;
    report.isWithdrawn = false;
    return {verdict.status, verdict.isEnforced, static_cast<qsizetype>(index)};
}

void Reporter::withdraw(const Receipt &receipt)
{
    --countOf(receipt.status, receipt.isEnforced);
    ++m_counts.dropped;
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
    m_queue.append(&m_reports, m_counts);
}

} // namespace QZap::Internal
