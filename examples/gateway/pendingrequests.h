// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PENDINGREQUESTS_H
#define PENDINGREQUESTS_H

#include <QZap/QZapSession>

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>

// The requests that the back end has not answered yet. The back end sees a number in place of the
// client's routing id: it can neither answer a request twice nor answer another client.
class PendingRequests
{
public:
    using Clock = std::chrono::steady_clock;

    struct Request
    {
        QByteArray routingId;
        bool hasDelimiter = false; // of a REQ socket
        QZapSession session;
        Clock::time_point deadline;
    };

    quint64 add(Request request);
    // Returns the request, which is no longer pending.
    std::optional<Request> take(quint64 number);
    // Return how many were removed.
    int removeSession(const QZapSession &session);
    int removeExpired(Clock::time_point now);

    int count() const { return static_cast<int>(m_requests.size()); }
    int countOf(const QZapSession &session) const;

private:
    std::map<quint64, Request> m_requests;        // the oldest first
    QHash<quint64, std::set<quint64>> m_sessions; // the requests of each session, by its number
    quint64 m_lastNumber = 0;
};

#endif // PENDINGREQUESTS_H
