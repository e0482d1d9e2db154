// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_SESSIONCUTS_H
#define QZAP_GUARD_SESSIONCUTS_H

#include "guard/connectionfeed.h"
#include "guard/guardedconnections.h"
#include "guard/handoverqueue.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qstring.h>

#include <deque>
#include <vector>

namespace QZap::Internal {

// The sessions of a guard that have ended, and whose connections are ended one after the other.
// Used in the thread of the connections.
class SessionCuts
{
public:
    using Session = ConnectionTable::Session;

    struct Ended
    {
        Session session;
        QString reason;
        // Its connection if that no longer has it; -1 otherwise.
        int descriptor = -1;
        quint64 serial = 0;
    };

    SessionCuts(GuardedConnections &connections, ConnectionFeed &feed)
        : m_connections(connections)
        , m_feed(feed)
    { }
    Q_DISABLE_COPY_MOVE(SessionCuts)

    // Whether connections are ended, not only reported.
    bool isEnabled() const { return m_isEnabled; }
    void setEnabled(bool isEnabled) { m_isEnabled = isEnabled; }

    // Can be called in any thread.
    void add(const Session &session, const QString &reason) { m_ended.append({session, reason}); }
    // Adds a session that was added before, and whose connection has become known since.
    void addLate(const Session &session) { m_late.push_back(session); }
    // Adds all sessions that have a connection, and are about to lose it in the table.
    void addAll(const QString &reason);

    bool isEmpty() { return m_ended.isEmpty() && m_late.empty(); }
    // Ends connections until the deadline, or as long as no events are left to be read. Returns the
    // sessions that are dealt with.
    std::vector<Ended> proceed(const QDeadlineTimer &deadline);

private:
    using Cut = GuardedConnections::Cut;

    // Return whether it was tried, rather than that it waits until all events were read.
    bool cut(const Ended &ended, const QDeadlineTimer &deadline);
    bool cutLate(const Session &session, const QDeadlineTimer &deadline);

    GuardedConnections &m_connections;
    ConnectionFeed &m_feed;
    bool m_isEnabled = true;
    HandoverQueue<Ended> m_ended;
    std::deque<Session> m_late;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_SESSIONCUTS_H
