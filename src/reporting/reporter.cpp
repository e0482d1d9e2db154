// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/reporter.h"

#include "protocol/qzaprequest_p.h"

#include <QtCore/qdatetime.h>

namespace QZap::Internal {

void Reporter::add(const Request &request, const Verdict &verdict, QByteArrayView userId,
                   const QByteArray &metadata)
{
    quint8 listeners = Listeners::All | Listeners::Refused;
    switch (verdict.status) {
    case Status::Success:
        ++m_counts.accepted;
        listeners = Listeners::All | Listeners::Accepted;
        break;
    case Status::TemporaryError:
        ++m_counts.temporary;
        break;
    case Status::AuthenticationFailure:
    case Status::InternalError:
        ++m_counts.rejected;
        break;
    }
    const bool logged = m_log.wants(verdict.status);
    const bool newFallback = verdict.fellBack && m_log.isNewFallback(request.domain);
    if (!logged && !newFallback && !m_listeners.have(listeners))
        return;
    if (m_reports.empty())
        m_time = QDateTime::currentMSecsSinceEpoch();
    m_reports.push_back({QZapRequestPrivate::create(request, m_time), verdict.status,
                         verdict.reason, QString::fromUtf8(userId), metadata, newFallback, logged});
}

void Reporter::commit()
{
    m_counts.unlogged = m_log.suppressedCount();
    m_queue.append(&m_reports, m_counts);
}

} // namespace QZap::Internal
