// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_GUARDEDSESSIONS_H
#define QZAP_GUARD_GUARDEDSESSIONS_H

#include "credentials/stores/keystore.h"
#include "guard/endedsessions.h"
#include "policy/policy.h"
#include "sessions/sessioncore.h"
#include "sessions/sessionrecord.h"
#include "sessions/sessionverdict.h"
#include "transport/guardedsocket.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

struct zmq_msg_t;

namespace QZap::Internal {

// The sessions of a guard's messages, and whether they are authorized. Thread-safe.
//
// Results are kept in a table of fixed size, by the heads of tokens: while nothing changes, a
// message costs a comparison. A session that has ended stays so, even if the policy accepts its
// peer again.
class GuardedSessions
{
public:
    using Session = std::shared_ptr<const SessionRecord>;
    struct Hooks
    {
        // A message of a session has arrived that is not in the table, by this descriptor.
        std::function<void(const Session &, int descriptor)> seen;
        // A session has ended. Called once for each, in whatever thread, with a lock held.
        std::function<void(const Session &, const QString &reason)> ended;
    };

    explicit GuardedSessions(Hooks hooks);
    Q_DISABLE_COPY_MOVE(GuardedSessions)

    // Without a core, no session is authorized. Ends the sessions of the former core, which remain
    // ended if that is set again.
    void setCore(const std::shared_ptr<SessionCore> &core);
    // Only sessions of the socket's domain and mechanism are accepted.
    void setScope(const GuardedSocket &socket);
    // Must be called in the thread that calls setScope().
    const QByteArray &domain() const { return m_scope.domain; }
    Mechanism mechanism() const { return m_scope.mechanism; }
    // Sets the last policy that knew all peers of the scope: while later ones do not, sessions
    // expire as it says.
    void setDecided(std::shared_ptr<const Policy> policy, quint64 version);
    void setEnforcingLockdown(bool enforcing) { m_enforcesLockdown = enforcing; }
    bool enforcesLockdown() const { return m_enforcesLockdown; }

    struct Answer
    {
        Session session; // null if there is none
        bool isAuthorized = false;
        // Why it is not; null if the socket has made the message itself.
        const char *reason = nullptr;
    };
    enum class Wanted { Authorization, SessionAndAuthorization };
    // If only the authorization is wanted, the session can be null.
    [[nodiscard]] Answer check(const zmq_msg_t *message, Wanted wanted);
    [[nodiscard]] Answer check(const Session &session);
    bool hasEnded(const SessionRecord &session) const { return m_ended.contains(session.number); }
    // Returns whether the session is so old that it counts as ended unless it was judged a moment
    // ago.
    bool isForgotten(const SessionRecord &session) const
    {
        return m_ended.isForgotten(session.number);
    }

private:
    static constexpr size_t SlotCount = 4096;
    static constexpr size_t LockCount = 32;

    struct Slot
    {
        Session session; // null if the slot is empty
        SessionHead head = {};
        quint64 version = 0; // of the policy that the session was judged by; 0: none
        qint64 notAfter = KeyStore::Never;
        quint64 decidedVersion = 0; // of the policy that `notAfter` is of
        bool isEnded = false;
        bool isLockedDown = false;
        bool isClosed = false; // the authenticator was destroyed
    };

    std::mutex &lockOf(size_t slot) { return m_locks[slot % LockCount]; }
    // These need the lock of the slot.
    Answer judged(Slot *slot);
    void judgeAnew(Slot *slot, quint64 version);
    // Continues the last verdict about the session, which a policy does not know at the moment.
    void expireByLastVerdict(Slot *slot, SessionVerdict *verdict) const;
    bool isInScope(const SessionRecord &session) const;
    void fill(Slot *slot, const Session &session);
    Session read(const zmq_msg_t *message, QByteArrayView token, const char **problem) const;

    const Hooks m_hooks;
    std::vector<Slot> m_slots;
    std::array<std::mutex, LockCount> m_locks;
    EndedSessions m_ended;
    // Changed with all locks held.
    std::shared_ptr<SessionCore> m_core;
    QHash<quint64, quint64> m_former;  // the last sessions of former cores, which have ended, by id
    quint64 m_endedUpTo = 0;           // of the core, if it is one of these
    GuardedSocket m_scope;             // of any domain if its mechanism is Unknown
    mutable std::mutex m_decidedMutex; // protects the next two members
    std::shared_ptr<const Policy> m_decided;
    quint64 m_decidedVersion = 0;
    std::atomic<bool> m_enforcesLockdown{false};
    std::atomic<bool> m_isPublisher{false};
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_GUARDEDSESSIONS_H
