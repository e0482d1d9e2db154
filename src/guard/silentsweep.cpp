// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/silentsweep.h"

#include "policy/decide.h"

#include <utility>

using namespace std::chrono_literals;

namespace QZap::Internal {

namespace {

// Longer than a thread of libzmq is held up between accepting a connection and reporting it.
constexpr auto LateReports = 50ms;

} // namespace

SilentSweep::SilentSweep(QObject *owner, GuardedConnections &connections,
                         const std::function<void()> &due)
    : m_connections(connections)
    , m_timer(owner, due)
    , m_lateTimer(owner, due)
{ }

void SilentSweep::clear()
{
    m_due = {};
    m_now = {};
    m_late = {};
    m_lateNow = {};
    m_policy.reset();
    m_candidates.clear();
}

bool SilentSweep::proceed(const QDeadlineTimer &deadline, bool isForced)
{
    using Cut = GuardedConnections::Cut;
    if (!m_connections.drain(deadline))
        return false; // as long as events are left
    begin(isForced);
    while (!m_candidates.empty()) {
        const int descriptor = m_candidates.back();
        const ConnectionTable::Connection *const connection =
            m_connections.table().find(descriptor);
        if (connection && isConcerned(*connection)
            && m_connections.cut(descriptor, deadline) == Cut::Waiting) {
            return false;
        }
        m_candidates.pop_back();
        if (deadline.hasExpired())
            return !m_candidates.empty();
    }
    m_now = {};
    m_lateNow = {};
    if (!m_due.refused && !m_late.refused)
        m_policy.reset();
    return false;
}

void SilentSweep::begin(bool isForced)
{
    Demand added;
    added.refused = std::exchange(m_due.refused, false);
    if ((m_due.all || m_due.earlier) && (isForced || isPauseOver())) {
        added.all = std::exchange(m_due.all, false);
        added.earlier = std::exchange(m_due.earlier, false);
        m_sinceLast.start();
    }
    const bool isLateDue = m_late.isAny() && m_lateTime.hasExpired();
    if (!added.isAny() && !isLateDue)
        return;
    if (isLateDue)
        m_lateNow = m_lateNow | std::exchange(m_late, {});
    m_now = m_now | added;
    m_candidates = m_connections.table().descriptors(true);
    if (m_isReportedLate && added.isAny())
        awaitLateReports(added);
}

void SilentSweep::awaitLateReports(const Demand &demand)
{
    if (!m_late.isAny() && !m_lateNow.isAny())
        m_lateFrom = m_connections.table().lastSerial();
    m_late = m_late | demand;
    m_lateTime.setRemainingTime(LateReports, Qt::PreciseTimer);
    m_lateTimer.start(LateReports + 1ms, Qt::PreciseTimer); // not before m_lateTime
}

bool SilentSweep::isPauseOver()
{
    if (!m_sinceLast.isValid())
        return true;
    const Milliseconds passed(m_sinceLast.elapsed());
    if (passed < m_interval && !m_timer.isActive())
        m_timer.start(m_interval - passed);
    return passed >= m_interval;
}

bool SilentSweep::isConcerned(const ConnectionTable::Connection &connection) const
{
    if (connection.session || connection.isCut || connection.isEnding || !connection.identity)
        return false;
    return isMeant(m_now, connection)
           || (connection.serial > m_lateFrom && isMeant(m_lateNow, connection));
}

bool SilentSweep::isMeant(const Demand &demand, const ConnectionTable::Connection &connection) const
{
    return demand.all || (demand.earlier && connection.isEarlier)
           || (demand.refused && refusesAddress(*m_policy, connection.identity->peerAddress));
}

} // namespace QZap::Internal
