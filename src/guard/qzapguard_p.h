// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGUARD_P_H
#define QZAPGUARD_P_H

#include "base/weakinvoker.h"
#include "credentials/stores/keystore.h"
#include "guard/connectionfeed.h"
#include "guard/guardedconnections.h"
#include "guard/guardedsessions.h"
#include "guard/silentsweep.h"
#include "sessions/guardlink.h"
#include "sessions/narrowing.h"
#include "sessions/sessioncore.h"

#include <QZap/qzapguard.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <vector>

class QZapGuardPrivate
{
    Q_DECLARE_PUBLIC(QZapGuard)

public:
    using Problem = QZap::Internal::Problem;
    using Session = QZap::Internal::GuardedSessions::Session;

    static QZapGuardPrivate *get(QZapGuard *guard) { return guard->d_func(); }
    explicit QZapGuardPrivate(QZapGuard *q);
    ~QZapGuardPrivate();
    Q_DISABLE_COPY_MOVE(QZapGuardPrivate)

    void setCore(const std::shared_ptr<QZap::Internal::SessionCore> &core);
    [[nodiscard]] Problem setSocket(void *socket);
    void clearSocket();
    bool isOwnThread(const char *function) const;
    void fail(const Problem &problem);

    // Judges all sessions again, in slices from the event loop.
    void review();
    // Does all that is due, at once.
    void reviewNow();
    void setSweepInterval(std::chrono::milliseconds interval);
    // Reports the sessions with a connection to the model, and all changes from now on.
    void addModel(const std::shared_ptr<QZap::Internal::ConnectionChanges> &model);

    // These are called in any thread. The reason is null if it needs no report.
    void reportUnauthorized(const char *reason);
    void postReview();
    const std::shared_ptr<QZap::Internal::WeakInvoker> &invoker() const { return m_invoker; }

    QZapGuard *const q_ptr;
    QPointer<QZapAuthenticator> authenticator;
    std::shared_ptr<QZap::Internal::SessionCore> core;
    QZap::Internal::GuardedSessions sessions;
    QZap::Internal::ConnectionFeed feed; // outlives the connections
    QZap::Internal::GuardedConnections connections;
    QString errorString;
    QZapGuard::SilentPeerPolicy silentPeerPolicy = QZapGuard::SilentPeerPolicy::Disconnect;
    QZap::Internal::SilentSweep silentSweep;
    qint64 silentDisconnectionCount = 0;
    qint64 connectionCount = 0;
    qint64 revokedCount = 0;
    bool disconnectsRevokedPeers = true;

private:
    // A session that another thread has seen a message of.
    struct Seen
    {
        Session session;
        int descriptor = -1;
    };
    struct Ended
    {
        Session session;
        QString reason;
    };

    void updateScope();

    // Called in any thread.
    void seen(const Session &session, int descriptor);
    void ended(const Session &session, const QString &reason);
    void postFlush();

    // Adds the sessions that other threads have seen.
    void addSeen();
    void sessionChanged(const Session &session, bool isConnected);
    void cutLate();
    void tableChanged();
    void reportCounts();
    // Cuts the peers of ended sessions, and emits the signals that are due.
    void flush(const QDeadlineTimer &deadline);
    void takeEnded();
    void cut(const Ended &ended);
    // Returns the sessions whose connections were cut until the deadline.
    std::vector<Ended> cutEnded(const QDeadlineTimer &deadline);
    void endAll(const QString &reason);

    void startReview();
    // Works until the deadline. Returns whether more is to be done now.
    bool proceed(const QDeadlineTimer &deadline, bool isSweepForced);
    bool judgeSome(const QDeadlineTimer &deadline);
    bool sweepSome(const QDeadlineTimer &deadline, bool isForced);
    void continueLater();
    // Demands a sweep if a key has expired since the last call, and starts the timer for the next.
    void checkExpiry();

    const std::shared_ptr<QZap::Internal::WeakInvoker> m_invoker;
    const std::shared_ptr<QZap::Internal::GuardLink> m_link;
    std::atomic<bool> m_isReviewPosted{false};
    std::atomic<bool> m_isFlushPosted{false};
    std::atomic<bool> m_isUnauthorizedReported{false};
    std::mutex m_endedMutex;
    std::deque<Ended> m_ended;
    std::mutex m_seenMutex;
    std::vector<Seen> m_seen;

    std::deque<Ended> m_toCut;   // that have ended, the oldest first
    std::vector<Session> m_late; // that ended before their connections were known
    std::vector<int> m_toJudge;  // descriptors, of which the last is next
    QZap::Internal::Narrowing m_narrowing;
    bool m_isJudgingAgain = false; // afterwards
    bool m_isComparing = false;
    bool m_hasFormerPeers = false; // silent ones of a former authenticator, until one is set
    bool m_isContinuing = false;
    quint64 m_revocations = 0;                         // that were seen
    qint64 m_expiry = QZap::Internal::KeyStore::Never; // of the next key
    QTimer m_expiryTimer;
    QTimer m_reportTimer; // of unauthorized()
};

#endif // QZAPGUARD_P_H
