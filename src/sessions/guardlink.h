// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_GUARDLINK_H
#define QZAP_SESSIONS_GUARDLINK_H

#include "sessions/acceptedpeers.h"
#include "sessions/guardcounts.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

namespace QZap::Internal {

// A guard as the core of its authenticator sees it. Thread-safe.
class GuardLink
{
public:
    // Called in any thread, if what sessions are judged by has changed.
    explicit GuardLink(std::function<void()> changed)
        : m_changed(std::move(changed))
    { }
    Q_DISABLE_COPY_MOVE(GuardLink)

    // Waits for a running call.
    void close()
    {
        const std::scoped_lock lock(m_mutex);
        m_changed = nullptr;
    }
    void notify() const
    {
        const std::scoped_lock lock(m_mutex);
        if (m_changed)
            m_changed();
    }

    // The domain and mechanism of the guard's socket, and the last session before it had peers of
    // this authenticator.
    void setScope(const QByteArray &domain, Mechanism mechanism, quint64 after)
    {
        const std::scoped_lock lock(m_mutex);
        m_domain = domain;
        m_mechanism = mechanism;
        m_after = after;
    }
    // Return whether the peer may be one of the guard's.
    bool mayHaveAccepted(const AcceptedPeers &accepted, QByteArrayView userId) const
    {
        const std::scoped_lock lock(m_mutex);
        return accepted.mayHaveUser({m_domain, m_mechanism}, userId, m_after);
    }
    bool mayHaveAcceptedCredential(const AcceptedPeers &accepted, QByteArrayView credential) const
    {
        const std::scoped_lock lock(m_mutex);
        return accepted.mayHaveCredential({m_domain, m_mechanism}, credential, m_after);
    }

    // Sessions were revoked, some of which may be on connections of the guard's socket.
    void markRevoked() { m_isRevoked = true; }
    bool takeRevoked() { return m_isRevoked.exchange(false); }

    // A lower limit of the numbers of sessions with live connections; 0 if it is not known.
    quint64 oldestSession() const { return m_oldest.load(); }
    void setOldestSession(quint64 number) { m_oldest.store(number); }

    // The totals are those of the guard's life.
    void setCounts(const GuardCounts &counts)
    {
        const std::scoped_lock lock(m_mutex);
        m_counts = counts;
    }
    // Returns the counts since the last call of restartCounts().
    GuardCounts counts() const
    {
        const std::scoped_lock lock(m_mutex);
        GuardCounts result = m_counts;
        result.subtractTotals(m_formerCounts);
        return result;
    }
    // The guard belongs to another core from now on.
    void restartCounts()
    {
        const std::scoped_lock lock(m_mutex);
        m_formerCounts = m_counts;
    }

private:
    mutable std::mutex m_mutex; // protects the next six members
    std::function<void()> m_changed;
    QByteArray m_domain;
    Mechanism m_mechanism = Mechanism::Unknown;
    quint64 m_after = 0;
    GuardCounts m_counts;
    GuardCounts m_formerCounts;
    std::atomic<bool> m_isRevoked{false};
    std::atomic<quint64> m_oldest{0};
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_GUARDLINK_H
