// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_SESSIONCORE_H
#define QZAP_SESSIONS_SESSIONCORE_H

#include "policy/admittance.h"
#include "policy/policypublisher.h"
#include "sessions/acceptedpeers.h"
#include "sessions/guardcounts.h"
#include "sessions/guardlink.h"
#include "sessions/revocations.h"
#include "sessions/sessionnumbers.h"
#include "sessions/sessionrecord.h"

#include <QtCore/qbytearrayview.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace QZap::Internal {

// What an authenticator, its engine and its guards share: the policy and its version, the numbers
// of sessions, and revocations. Outlives the authenticator as long as a guard has it. Thread-safe.
class SessionCore
{
public:
    SessionCore();
    Q_DISABLE_COPY_MOVE(SessionCore)

    // Identifies the authenticator in tokens, in this process.
    quint64 id() const { return m_id; }
    const PolicyPublisher &policies() const { return m_policies; }
    SessionNumbers &numbers() { return m_numbers; }
    const SessionNumbers &numbers() const { return m_numbers; }
    const AcceptedPeers &accepted() const { return m_accepted; }

    // Each of these takes effect, and then notifies the guards, before it returns.
    void publish(std::shared_ptr<const Policy> policy);
    // Call this when a feed of the policy has new content.
    void refresh();
    // Ends the sessions of a user (UTF-8) that were accepted until now.
    void revoke(QByteArrayView userId);
    void revokeAll();
    // Call this when the authenticator is destroyed: no session is authorized any more.
    void close();

    // What a peer is accepted by.
    struct Admission
    {
        AcceptedPeers::Place place;
        QByteArrayView credential;
        QByteArrayView userId; // empty if the peer has none
        quint64 number = 0;
        quint64 policyVersion = 0;
    };
    // Records a peer before it is let in. If the policy or the revocations have changed since it
    // was evaluated, guards may have looked for the peer before it was recorded, so that it must
    // not be let in by this decision.
    [[nodiscard]] Admittance admit(const Admission &admission);

    bool isOpen() const { return m_isOpen.load(std::memory_order_acquire); }
    bool isRevoked(const SessionRecord &session) const
    {
        return m_revocations.isRevoked(session.userId, session.number);
    }
    // Counts the calls of revoke() and revokeAll().
    quint64 revocationCount() const { return m_revocationCount.load(); }

    void addGuard(const std::shared_ptr<GuardLink> &guard);
    void removeGuard(const std::shared_ptr<GuardLink> &guard);
    // Returns the sum of the guards' counts. The totals contain those of removed guards.
    GuardCounts guardCounts() const;

private:
    using IsConcerned = std::function<bool(const GuardLink &guard)>;

    // Called when revocations were added that may concern silent peers of some guards.
    void revoked(const IsConcerned &isConcerned);
    void notifyGuards();

    const quint64 m_id;
    PolicyPublisher m_policies;
    SessionNumbers m_numbers;
    AcceptedPeers m_accepted;
    Revocations m_revocations;
    std::atomic<quint64> m_revocationCount{0};
    std::atomic<bool> m_isOpen{true};
    mutable std::mutex m_guardsMutex; // protects the next two members
    std::vector<std::shared_ptr<GuardLink>> m_guards;
    GuardCounts m_formerCounts; // of removed guards
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_SESSIONCORE_H
