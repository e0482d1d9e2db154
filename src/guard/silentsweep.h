// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_SILENTSWEEP_H
#define QZAP_GUARD_SILENTSWEEP_H

#include "base/singleshottimer.h"
#include "guard/guardedconnections.h"
#include "policy/policy.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qelapsedtimer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

QT_FORWARD_DECLARE_CLASS(QObject)

namespace QZap::Internal {

// Ends the silent connections of a guard's socket that may be those of refused peers. Connections
// whose peers are refused by their addresses are ended at once. Otherwise, innocent peers may be
// concerned, and there is a pause between two sweeps. Used in the thread of the owner.
class SilentSweep
{
public:
    using Milliseconds = std::chrono::milliseconds;

    // `due` is called from the event loop when the pause is over and proceed() has something to do.
    SilentSweep(QObject *owner, GuardedConnections &connections, const std::function<void()> &due);
    Q_DISABLE_COPY_MOVE(SilentSweep)

    // Say which connections are to be ended.
    void demandAll() { m_due.all = true; }
    // Those that the current authenticator may not have decided about.
    void demandEarlier() { m_due.earlier = true; }
    // Those whose peers the address rules of this policy refuse.
    void demandRefused(std::shared_ptr<const Policy> policy)
    {
        m_due.refused = true;
        m_policy = std::move(policy);
    }
    void clear();
    bool isDue() const { return m_due.isAny(); }

    // Sets whether libzmq reports connections late: its threads may let a peer in before another
    // one has reported that it was accepted. Connections that are reported shortly afterwards are
    // ended, too.
    void setReportedLate(bool isLate) { m_isReportedLate = isLate; }

    Milliseconds interval() const { return m_interval; }
    void setInterval(Milliseconds interval) { m_interval = interval; }

    // Ends connections until the deadline. Returns whether more of them are to be ended now, not
    // only when all events were read. `isForced`: without a pause.
    bool proceed(const QDeadlineTimer &deadline, bool isForced);
    // Counts the connections that were ended.
    qint64 endedCount() const { return m_connections.silentCutCount(); }

private:
    struct Demand
    {
        bool all = false;
        bool earlier = false;
        bool refused = false;

        bool isAny() const { return all || earlier || refused; }
        Demand operator|(const Demand &other) const
        {
            return {all || other.all, earlier || other.earlier, refused || other.refused};
        }
    };

    void begin(bool isForced);
    void awaitLateReports(const Demand &demand);
    // Returns whether the pause is over; otherwise, starts the timer.
    bool isPauseOver();
    bool isConcerned(const ConnectionTable::Connection &connection) const;
    bool isMeant(const Demand &demand, const ConnectionTable::Connection &connection) const;

    GuardedConnections &m_connections;
    Demand m_due;
    Demand m_now;           // of the candidates
    Demand m_late;          // of those that are reported late
    Demand m_lateNow;       // of the candidates that were
    quint64 m_lateFrom = 0; // serial numbers above this one
    QDeadlineTimer m_lateTime;
    bool m_isReportedLate = false;
    std::shared_ptr<const Policy> m_policy; // while some are demanded that it refuses
    std::vector<int> m_candidates;          // descriptors, of which the last is next
    Milliseconds m_interval{1000};
    QElapsedTimer m_sinceLast;
    SingleShotTimer m_timer;
    SingleShotTimer m_lateTimer;
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_SILENTSWEEP_H
