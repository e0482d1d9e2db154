// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/reporter.h"

#include "base/bytehash.h"
#include "base/clock.h"
#include "protocol/qzaprequest_p.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

namespace {

// Most NULL peers have the same user id, which needs no memory of its own.
QString textOf(QByteArrayView userId)
{
    return isEqual(userId, AnonymousUserId) ? QStringLiteral("anonymous")
                                            : QString::fromUtf8(userId);
}

} // namespace

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
    if (m_reports.empty())
        m_time = Clock::wallMilliseconds();
    m_reports.push_back({QZapRequestPrivate::create(request, m_time), verdict.status,
                         verdict.reason, textOf(userId), metadata, newFallback, newUnknownDomain,
                         logged, verdict.isEnforced});
    return {verdict.status, verdict.isEnforced, static_cast<qsizetype>(m_reports.size()) - 1};
}

void Reporter::withdraw(const Receipt &receipt)
{
    --countOf(receipt.status, receipt.isEnforced);
    ++m_counts.dropped;
    if (receipt.report >= 0) {
        m_reports[static_cast<size_t>(receipt.report)].isWithdrawn = true;
        m_haveWithdrawn = true;
    }
}

void Reporter::commit()
{
    if (std::exchange(m_haveWithdrawn, false)) {
        m_reports.erase(std::remove_if(m_reports.begin(), m_reports.end(),
                                       [](const Report &report) { return report.isWithdrawn; }),
                        m_reports.end());
    }
    m_counts.unlogged = m_log.suppressedCount();
    m_queue.append(&m_reports, m_counts);
}

} // namespace QZap::Internal
