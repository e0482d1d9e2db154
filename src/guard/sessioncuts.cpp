// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/sessioncuts.h"

#include <utility>

namespace QZap::Internal {

void SessionCuts::addAll(const QString &reason)
{
    const std::vector<int> descriptors = m_connections.table().descriptors(false);
    for (const int descriptor : descriptors) {
        const ConnectionTable::Connection *const connection =
            m_connections.table().find(descriptor);
        Ended ended{connection->session, reason};
        if (m_isEnabled) {
            ended.descriptor = descriptor;
            ended.serial = connection->serial;
            m_connections.table().setEnding(descriptor, true);
        }
        m_ended.append(std::move(ended));
    }
}

bool SessionCuts::cut(const Ended &ended, const QDeadlineTimer &deadline)
{
    const ConnectionTable &table = m_connections.table();
    if (ended.descriptor >= 0) {
        const ConnectionTable::Connection *const connection = table.find(ended.descriptor);
        if (!connection || connection->serial != ended.serial)
            return true;
        const Cut result = m_connections.cut(ended.descriptor, deadline);
        if (result == Cut::NotEnded)
            m_connections.table().setEnding(ended.descriptor, false);
        return result != Cut::Waiting;
    }
    const ConnectionTable::Connection *const connection = table.findSession(ended.session->number);
    // The guard may have another authenticator by now, which uses the same numbers.
    if (!connection || connection->session->authenticator != ended.session->authenticator)
        return true;
    if (!m_feed.isEmpty())
        m_feed.revoke(connection->session);
    return !m_isEnabled || !m_connections.canDisconnect()
           || m_connections.cut(connection->descriptor, deadline) != Cut::Waiting;
}

bool SessionCuts::cutLate(const Session &session, const QDeadlineTimer &deadline)
{
    const ConnectionTable::Connection *const connection =
        m_connections.table().findSession(session->number);
    return !connection || connection->session != session || connection->isCut
           || m_connections.cut(connection->descriptor, deadline) != Cut::Waiting;
}

// Each takes a few system calls, and many sessions may end at once.
std::vector<SessionCuts::Ended> SessionCuts::proceed(const QDeadlineTimer &deadline)
{
    std::vector<Ended> result;
    while (!m_ended.isEmpty() && cut(m_ended.first(), deadline)) {
        result.push_back(m_ended.takeFirst());
        if (deadline.hasExpired())
            break;
    }
    while (!m_late.empty() && cutLate(m_late.front(), deadline)) {
        m_late.pop_front();
        if (deadline.hasExpired())
            break;
    }
    return result;
}

} // namespace QZap::Internal
