// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGUARD_P_H
#define QZAPGUARD_P_H

#include "base/singleshottimer.h"
#include "base/weakinvoker.h"
#include "credentials/stores/keystore.h"
#include "guard/connectionfeed.h"
#include "guard/guardedconnections.h"
#include "guard/guardedsessions.h"
#include "guard/handoverqueue.h"
#include "guard/sessioncuts.h"
#include "guard/silentsweep.h"
#include "guard/workslices.h"
#include "sessions/guardlink.h"
#include "sessions/narrowing.h"
#include "sessions/sessioncore.h"

#include <QZap/qzapguard.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <chrono>
#include <deque>
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
    // Tests set 0, so that each part of the work does one step in each turn of the event loop.
    void setSlice(std::chrono::nanoseconds length);
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
    QZap::Internal::SessionCuts cuts;
    QString errorString;
    QZapGuard::SilentPeerPolicy silentPeerPolicy = QZapGuard::SilentPeerPolicy::Disconnect;
    QZap::Internal::SilentSweep silentSweep;
    qint64 silentDisconnectionCount = 0;
    qint64 connectionCount = 0;
    qint64 revokedCount = 0;

private:
    // A session that another thread has seen a message of.
    struct Seen
    {
        Session session;
        int descriptor = -1;
    };
    // A signal to be emitted.
    struct Report
    {
        Session session;
        QString reason;
        bool isRevoked = false; // or disconnected
    };

    // Continues after events of the event loop may have been lost.
    void resume();
    void updateScope();

    // Called in any thread.
    void seen(const Session &session, int descriptor);
    void ended(const Session &session, const QString &reason);
    void postFlush();

    // Adds the sessions that other threads have seen, or that were seen while events were left.
    // Returns whether none are left.
    bool addSeen(const QDeadlineTimer &deadline);
    void sessionChanged(const Session &session, bool isConnected);
    void tableChanged();
    void reportCounts();
    // Cuts the peers of ended sessions, and emits the signals that are due.
    void flush(const QDeadlineTimer &deadline);
    // Emits the signals of all problems, and the others until the deadline. Returns false if the
    // guard was destroyed.
    bool reportSome(const QDeadlineTimer &deadline);

    void startReview(const QDeadlineTimer &deadline);
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
    std::atomic<bool> m_isContinuing{false};
    std::atomic<bool> m_isUnauthorizedReported{false};
    QZap::Internal::HandoverQueue<Seen> m_seen;

    std::deque<Problem> m_problems; // to be reported
    std::deque<Report> m_reports;
    QZap::Internal::WorkSlices m_flushSlices;
    std::vector<int> m_toJudge; // descriptors, of which the last is next
    QZap::Internal::WorkSlices m_reviewSlices;
    QZap::Internal::Narrowing m_narrowing;
    bool m_isEndReported = false;  // that of the authenticator
    bool m_isJudgingAgain = false; // afterwards
    bool m_isComparing = false;
    bool m_hasFormerPeers = false; // silent ones of a former authenticator, until one is set
    quint64 m_revocations = 0;     // that were seen
    qint64 m_expiry = QZap::Internal::KeyStore::Never; // of the next key
    QZap::Internal::SingleShotTimer m_expiryTimer;
    QZap::Internal::SingleShotTimer m_reportTimer; // of unauthorized()
};

#endif // QZAPGUARD_P_H
