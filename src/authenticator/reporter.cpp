// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/reporter.h"

#include "protocol/qzaprequest_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>

namespace QZap::Internal {

Reporter::Reporter(QObject *owner, Sink &sink)
    : m_owner(owner)
    , m_sink(sink)
    , m_log(owner)
{ }

void Reporter::add(const Request &request, const Verdict &verdict, QByteArrayView userId,
                   const QByteArray &metadata)
{
    bool wanted = m_listeners.all;
    switch (verdict.status) {
    case Status::Success:
        ++m_counts.accepted;
        wanted |= m_listeners.accepted;
        break;
    case Status::TemporaryError:
        ++m_counts.temporary;
        wanted |= m_listeners.refused;
        break;
    case Status::AuthenticationFailure:
    case Status::InternalError:
        ++m_counts.rejected;
        wanted |= m_listeners.refused;
        break;
    }
    const bool logged = m_log.wants(verdict.status);
    const bool newFallback = verdict.fellBack && m_log.isNewFallback(request.domain);
    if (!wanted && !logged && !newFallback)
        return;
    m_queue.push_back({QZapRequestPrivate::create(request, QDateTime::currentMSecsSinceEpoch()),
                       verdict.status, verdict.reason, userId.toByteArray(), metadata, newFallback,
                       logged});
}

void Reporter::addDropped()
{
    ++m_counts.dropped;
}

void Reporter::flush()
{
    const QPointer<QObject> guard(m_owner);
    // What is added by a slot waits for the next turn.
    for (size_t left = m_queue.size(); left > 0 && !m_queue.empty(); --left) {
        const Decision decision = std::move(m_queue.front());
        m_queue.pop_front();
        m_log.write(decision);
        if (!guard)
            return;
        m_sink.reportDecision(decision);
        if (!guard)
            return;
    }
    const Counts before = std::exchange(m_reportedCounts, m_counts);
    m_sink.reportCounts(before, m_counts);
    if (guard && !m_queue.empty())
        m_sink.scheduleFlush();
}

} // namespace QZap::Internal
