// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_CONNECTIONTABLE_H
#define QZAP_GUARD_CONNECTIONTABLE_H

#include "sessions/sessionrecord.h"
#include "transport/connectioncutter.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace QZap::Internal {

// The connections that a socket has accepted, by descriptor, as its monitor reports them, and the
// sessions that certainly belong to them.
//
// Events are read in drains, each of which ends when no more have arrived; its mark is the number
// of the last session at that time. A message tells the descriptor that its connection had, which
// may be another connection's by now. A session is on a descriptor's connection for certain if its
// number was drawn after the drain that read that the connection was accepted. So it is if its
// number was drawn after the drain before that one, only one connection was accepted since, and the
// session cannot be that of the connection which had the descriptor before: there was no such
// connection; or its session is known, and is another one; or its address is known, and the session
// has the address of the new connection instead.
class ConnectionTable
{
public:
    using Session = std::shared_ptr<const SessionRecord>;

    struct Connection
    {
        int descriptor = -1;
        QByteArray endpoint;
        quint64 serial = 0;                         // differs for each connection
        std::optional<ConnectionIdentity> identity; // none if it cannot be ended
        quint64 vouchedFrom = 0;   // no session up to this number is certainly its own
        quint64 certainFrom = 0;   // each session above this number is
        quint64 formerSession = 0; // of the connection before, if it is known; 0 otherwise
        QByteArray formerAddress;  // its address, likewise
        quint64 acceptedAfter = 0; // a mark
        Session session;           // null: silent
        bool isEarlier = false;    // accepted before restart()
        bool isEnding = false;     // will be ended: it had a session before restart()
        bool isCut = false;
    };
    using Identify = std::function<std::optional<ConnectionIdentity>(int descriptor,
                                                                     const QByteArray &endpoint)>;
    using Observer = std::function<void(const Session &session, bool isConnected)>;

    explicit ConnectionTable(Identify identify);
    // The observer is called when a connection gets its session, and when it loses it.
    void setObserver(Observer observer) { m_observer = std::move(observer); }

    // Between these calls, events are added in order.
    void accept(int descriptor, const QByteArray &endpoint);
    void disconnect(int descriptor);
    // Makes the system calls that finishDrain() would make otherwise, until the deadline:
    // identifies new connections. Returns whether none are left.
    [[nodiscard]] bool examine(const QDeadlineTimer &deadline);
    void finishDrain(quint64 mark);
    // Numbers are those of another authenticator from now on, and no connection has a session. If a
    // drain is not finished, the connections that it has yet to read are older ones, too.
    void restart(quint64 mark, bool isDrained = true);
    // Some events may have been lost: examine() drops the connections that no longer exist.
    void recheck();

    // Adds a session whose message had the descriptor. Returns whether it certainly is on that
    // connection.
    bool add(const Session &session, int descriptor);
    const Connection *find(int descriptor) const;
    const Connection *findSession(quint64 number) const;
    // Forgets all connections.
    void clear();
    // Takes the sessions whose connections have ended.
    bool hasEnded() const { return !m_ended.isEmpty(); }
    QList<Session> takeEnded();

    quint64 lastSerial() const { return m_lastSerial; }
    // Whether some connections were accepted before the last restart().
    bool hasEarlier() const { return m_earlierCount > 0; }
    // Without silent connections that were cut or will be.
    std::vector<int> descriptors(bool ofSilent) const;
    QList<Session> sessions() const;
    qsizetype sessionCount() const { return m_bySession.size(); }
    qsizetype connectionCount() const { return m_connections.size(); }
    // Notes that the connection was ended; its disconnection is yet to be reported.
    void setCut(int descriptor);
    // Notes whether the connection will be ended, even if it has no session any more by then.
    void setEnding(int descriptor, bool isEnding);

    // Returns a lower limit of the numbers of sessions with a connection.
    quint64 oldestSession() const;

private:
    // What happened to a descriptor since the last drain.
    struct Changes
    {
        bool wasOpen = false;
        // Of the connection that was open; 0 and empty if they are not known.
        quint64 formerSession = 0;
        QByteArray formerAddress;
        int accepted = 0;
    };

    Changes &changesOf(int descriptor);
    // Returns whether the session certainly is on the connection, going by its number and address.
    static bool isOn(const Connection &connection, const SessionRecord &session);
    void remove(int descriptor);
    void dropIfGone(int descriptor);
    void setEarlier(Connection *connection, quint64 mark);
    void observe(const Session &session, bool isConnected) const;

    const Identify m_identify;
    Observer m_observer; // may be null
    QHash<int, Connection> m_connections;
    QHash<quint64, int> m_bySession; // descriptors, by session number
    QHash<int, Changes> m_changes;
    std::vector<int> m_unidentified; // descriptors
    std::vector<int> m_toRecheck;    // likewise
    bool m_isRestarting = false;     // until the drain is finished
    QList<Session> m_ended;
    qsizetype m_earlierCount = 0;
    quint64 m_lastSerial = 0;
    quint64 m_mark = 0;       // of the last drain
    quint64 m_formerMark = 0; // of the one before
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_CONNECTIONTABLE_H
