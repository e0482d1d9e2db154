// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/qzapguard_p.h"

#include "base/clock.h"
#include "base/eventloopwatch.h"
#include "credentials/stores/keystore.h"
#include "sessions/qzapsession_p.h"
#include "transport/guardedsocket.h"

#include <QtCore/qthread.h>

#include <algorithm>
#include <utility>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

constexpr auto ReportInterval = 1s;      // of unauthorized()
constexpr auto LongestExpiryWait = 1min; // the clock may be set
constexpr size_t MaximumSeen = 65536;    // sessions that wait for sweep(), or the event loop

} // namespace

QZapGuardPrivate::QZapGuardPrivate(QZapGuard *q)
    : q_ptr(q)
    , sessions({[this](const Session &session, int descriptor) { seen(session, descriptor); },
                [this](const Session &session, const QString &reason) { ended(session, reason); }})
    , connections(q, {[this] { return core ? core->numbers().last() : 0; },
                      [this](const Session &session, bool isConnected) {
                          sessionChanged(session, isConnected);
                      },
                      [this] { tableChanged(); },
                      [this] {
                          postFlush();
                          continueLater();
                      },
                      [this](const Problem &problem) {
                          m_problems.push_back(problem);
                          postFlush();
                      }})
    , cuts(connections, feed)
    , silentSweep(q, connections, [this] { continueLater(); })
    , m_invoker(std::make_shared<WeakInvoker>(q))
    , m_link(std::make_shared<GuardLink>([this] { postReview(); }))
    , m_seen(MaximumSeen)
    , m_expiryTimer(q, [this] { review(); })
    , m_reportTimer(q, [this] { m_isUnauthorizedReported = false; })
{
    new EventLoopWatch(q, {[this] { resume(); }});
}

QZapGuardPrivate::~QZapGuardPrivate()
{
    if (core)
        core->removeGuard(m_link);
    m_link->close();
    m_invoker->close();
    feed.finish();
}

void QZapGuardPrivate::resume()
{
    m_isFlushPosted = false;
    m_isReviewPosted = false;
    m_isContinuing = false;
    if (!m_reportTimer.isActive())
        m_isUnauthorizedReported = false;
    connections.resume();
    postFlush();
    postReview();
}

bool QZapGuardPrivate::isOwnThread(const char *function) const
{
    if (q_ptr->thread() == QThread::currentThread())
        return true;
    qWarning("QZapGuard::%s: must be called in the thread that the guard lives in; the call has no "
             "effect",
             function);
    return false;
}

void QZapGuardPrivate::fail(const Problem &problem)
{
    Q_Q(QZapGuard);
    errorString = problem.text();
    const bool couldDisconnect = connections.canDisconnect();
    const QPointer<QZapGuard> guard(q);
    Q_EMIT q->errorOccurred(errorString);
    if (guard && !couldDisconnect)
        Q_EMIT q->canDisconnectChanged();
}

void QZapGuardPrivate::setCore(const std::shared_ptr<SessionCore> &newCore)
{
    if (core) {
        core->removeGuard(m_link);
        // Sessions whose connections are not known are refused when they are asked about.
        if (core->isOpen())
            cuts.addAll(QStringLiteral("The guard has another authenticator"));
        postFlush();
    }
    m_hasFormerPeers = m_hasFormerPeers || (core && core->isOpen() && connections.isOpen());
    if (newCore && std::exchange(m_hasFormerPeers, false))
        silentSweep.demandAll();
    core = newCore;
    m_isEndReported = false;
    if (core)
        core->addGuard(m_link);
    updateScope();
    const bool isDrained = connections.drain();
    connections.table().restart(core ? core->numbers().last() : 0, isDrained);
    sessions.setCore(core);
    m_revocations = core ? core->revocationCount() : 0;
    m_narrowing.forget();
    m_expiry = KeyStore::Never;
    startReview(m_reviewSlices.startTimer());
    continueLater();
}

Problem QZapGuardPrivate::setSocket(void *socket)
{
    if (connections.isOpen())
        return QStringLiteral("the guard has a socket already: clear it first");
    const Result<GuardedSocket> properties = prepareGuardedSocket(socket);
    if (!properties)
        return properties.problem();
    if (Problem problem = connections.open(socket, *properties))
        return problem;
    sessions.setScope(*properties);
    silentSweep.setReportedLate(properties->isThreaded);
    m_narrowing =
        Narrowing(properties->domain, properties->mechanism, [this](QByteArrayView credential) {
            return !core || connections.table().hasEarlier()
                   || m_link->mayHaveAcceptedCredential(core->accepted(), credential);
        });
    updateScope();
    startReview(m_reviewSlices.startTimer());
    continueLater();
    return {};
}

void QZapGuardPrivate::clearSocket()
{
    connections.close();
    sessions.setScope({});
    m_toJudge.clear();
    silentSweep.clear();
    m_isComparing = false;
    m_hasFormerPeers = false;
    m_expiry = KeyStore::Never;
    m_link->setOldestSession(0);
    postFlush();
}

// Peers of the socket have higher session numbers from now on.
void QZapGuardPrivate::updateScope()
{
    m_link->setScope(sessions.domain(), sessions.mechanism(), core ? core->numbers().last() : 0);
}

void QZapGuardPrivate::seen(const Session &session, int descriptor)
{
    // The connection may have ended, and its descriptor be another's.
    if (q_ptr->thread() == QThread::currentThread() && connections.drain()) {
        if (connections.table().add(session, descriptor))
            tableChanged();
        return;
    }
    if (m_seen.append({session, descriptor})) // otherwise, it counts as silent
        postFlush();
}

bool QZapGuardPrivate::addSeen(const QDeadlineTimer &deadline)
{
    while (!m_seen.isEmpty()) {
        if (!connections.drain(deadline))
            return false;
        // All of these were seen before.
        do {
            const Seen seen = m_seen.takeFirst();
            if (!core || seen.session->authenticator != core->id()) // that of a former one
                continue;
            (void)connections.table().add(seen.session, seen.descriptor);
            (void)sessions.check(seen.session); // those without a connection are not judged
        } while (!deadline.hasExpired() && m_seen.hasNext());
        tableChanged();
        if (deadline.hasExpired())
            return m_seen.isEmpty();
    }
    return true;
}

void QZapGuardPrivate::ended(const Session &session, const QString &reason)
{
    cuts.add(session, reason);
    postFlush();
}

void QZapGuardPrivate::postFlush()
{
    announceOnce(&m_isFlushPosted, [this] {
        return m_invoker->post([this] {
            m_isFlushPosted = false;
            flush(m_flushSlices.startTimer());
        });
    });
}

void QZapGuardPrivate::postReview()
{
    announceOnce(&m_isReviewPosted, [this] {
        return m_invoker->post([this] {
            m_isReviewPosted = false;
            review();
        });
    });
}

void QZapGuardPrivate::reportUnauthorized(const char *reason)
{
    if (!reason)
        return;
    announceOnce(&m_isUnauthorizedReported, [this, reason] {
        return m_invoker->post([this, reason] {
            Q_Q(QZapGuard);
            m_reportTimer.start(ReportInterval);
            Q_EMIT q->unauthorized(QString::fromLatin1(reason));
        });
    });
}

void QZapGuardPrivate::addModel(const std::shared_ptr<ConnectionChanges> &model)
{
    const QList<Session> connected = connections.table().sessions();
    for (const Session &session : connected)
        model->open(session, sessions.hasEnded(*session));
    feed.add(model);
}

void QZapGuardPrivate::sessionChanged(const Session &session, bool isConnected)
{
    const bool hasEnded = isConnected && sessions.hasEnded(*session);
    if (hasEnded && cuts.isEnabled()) {
        cuts.addLate(session);
        postFlush();
    }
    if (feed.isEmpty())
        return;
    if (isConnected)
        feed.open(session, hasEnded);
    else
        feed.close(session);
}

// Called often, including by functions that must not emit signals.
void QZapGuardPrivate::tableChanged()
{
    reportCounts();
    if (connections.table().hasEnded() || connectionCount != connections.table().sessionCount()
        || silentDisconnectionCount != connections.silentCutCount()) {
        postFlush();
    }
}

// For statistics, which are read in any thread.
void QZapGuardPrivate::reportCounts()
{
    GuardCounts counts;
    counts.connections = connections.table().connectionCount();
    counts.sessions = connections.table().sessionCount();
    counts.revoked = revokedCount;
    counts.disconnected = connections.cutCount();
    counts.silentlyDisconnected = silentSweep.endedCount();
    m_link->setCounts(counts);
}

bool QZapGuardPrivate::reportSome(const QDeadlineTimer &deadline)
{
    Q_Q(QZapGuard);
    const QPointer<QZapGuard> guard(q);
    while (guard && !m_problems.empty()) {
        const Problem problem = m_problems.front();
        m_problems.pop_front();
        fail(problem);
    }
    while (guard && !m_reports.empty()) {
        const Report report = std::move(m_reports.front());
        m_reports.pop_front();
        const QZapSession session = QZapSessionPrivate::create(report.session);
        if (report.isRevoked)
            Q_EMIT q->revoked(session, report.reason);
        else
            Q_EMIT q->disconnected(session);
        if (deadline.hasExpired())
            break;
    }
    return guard;
}

void QZapGuardPrivate::flush(const QDeadlineTimer &deadline)
{
    Q_Q(QZapGuard);
    const QPointer<QZapGuard> guard(q);
    (void)addSeen(deadline);
    const std::vector<SessionCuts::Ended> ended = cuts.proceed(deadline);
    for (const SessionCuts::Ended &each : ended)
        m_reports.push_back({each.session, each.reason, true});
    const QList<Session> gone = connections.table().takeEnded();
    for (const Session &session : gone)
        m_reports.push_back({session, {}, false});
    revokedCount += static_cast<qint64>(ended.size());
    const qint64 swept = silentSweep.endedCount();
    const bool isSweptChanged = std::exchange(silentDisconnectionCount, swept) != swept;
    const qint64 connected = connections.table().sessionCount();
    const bool isCountChanged = std::exchange(connectionCount, connected) != connected;
    reportCounts();
    if (!ended.empty())
        Q_EMIT q->revokedCountChanged();
    if (guard && isCountChanged)
        Q_EMIT q->connectionCountChanged();
    if (guard && isSweptChanged)
        Q_EMIT q->silentDisconnectionCountChanged();
    if (!guard || !reportSome(deadline))
        return;
    // The others wait until all events were read.
    const bool isDone = cuts.isEmpty() && m_seen.isEmpty();
    if (m_reports.empty() && (isDone || connections.isDraining()))
        return;
    m_flushSlices.suspend();
    postFlush();
}

void QZapGuardPrivate::review()
{
    Q_Q(QZapGuard);
    if (core && !core->isOpen()) {
        authenticator = nullptr;
        m_expiryTimer.stop();
        if (!std::exchange(m_isEndReported, true))
            Q_EMIT q->authenticatorChanged();
        return;
    }
    const QDeadlineTimer deadline = m_reviewSlices.startTimer();
    startReview(deadline);
    if (proceed(deadline, false))
        continueLater();
}

void QZapGuardPrivate::reviewNow()
{
    const QDeadlineTimer never(QDeadlineTimer::Forever);
    startReview(never);
    connections.cutAgain(never);
    while (proceed(never, true))
        continue;
    flush(never);
}

void QZapGuardPrivate::startReview(const QDeadlineTimer &deadline)
{
    if (!core || !core->isOpen() || !connections.isOpen())
        return;
    (void)addSeen(deadline);
    (void)connections.drain(deadline);
    m_link->setOldestSession(connections.table().oldestSession());
    const PolicySnapshot snapshot = core->policies().snapshot();
    if (m_narrowing.start(snapshot))
        silentSweep.demandRefused(snapshot.policy);
    sessions.setDecided(m_narrowing.decided(), m_narrowing.decidedVersion());
    m_isComparing = true;
    const quint64 revocations = core->revocationCount();
    if (std::exchange(m_revocations, revocations) != revocations)
        silentSweep.demandEarlier();
    if (m_link->takeRevoked())
        silentSweep.demandAll();
    // Frequent changes must not prevent that all are judged.
    m_isJudgingAgain = !m_toJudge.empty();
    if (!m_isJudgingAgain)
        m_toJudge = connections.table().descriptors(false);
    checkExpiry();
}

void QZapGuardPrivate::continueLater()
{
    announceOnce(&m_isContinuing, [this] {
        m_reviewSlices.suspend();
        return m_invoker->post([this] {
            m_isContinuing = false;
            if (proceed(m_reviewSlices.startTimer(), false))
                continueLater();
        });
    });
}

bool QZapGuardPrivate::judgeSome(const QDeadlineTimer &deadline)
{
    while (!m_toJudge.empty()) {
        const int descriptor = m_toJudge.back();
        m_toJudge.pop_back();
        const ConnectionTable::Connection *const connection = connections.table().find(descriptor);
        if (connection && connection->session) {
            const Session session = connection->session;
            const bool isForgotten = sessions.isForgotten(*session);
            const bool isAuthorized = sessions.check(session).isAuthorized;
            // It may have ended without being reported.
            if (isForgotten && !isAuthorized && cuts.isEnabled() && !connection->isCut) {
                cuts.addLate(session);
                postFlush();
            }
        }
        if (deadline.hasExpired() && !m_toJudge.empty())
            return false;
    }
    if (std::exchange(m_isJudgingAgain, false))
        m_toJudge = connections.table().descriptors(false);
    return true;
}

bool QZapGuardPrivate::proceed(const QDeadlineTimer &deadline, bool isSweepForced)
{
    if (!core || !core->isOpen() || !connections.isOpen())
        return false;
    if (!judgeSome(deadline))
        return true;
    if (m_isComparing) {
        const Narrowing::Outcome outcome = m_narrowing.step(deadline);
        if (outcome == Narrowing::Outcome::Unfinished)
            return true;
        m_isComparing = false;
        if (outcome == Narrowing::Outcome::Narrowed)
            silentSweep.demandAll();
    }
    // Those count as silent that were not added yet.
    if (!addSeen(deadline))
        return !connections.isDraining();
    const bool isMoreToSweep = sweepSome(deadline, isSweepForced);
    return isMoreToSweep || !m_toJudge.empty();
}

bool QZapGuardPrivate::sweepSome(const QDeadlineTimer &deadline, bool isForced)
{
    if (silentPeerPolicy == QZapGuard::SilentPeerPolicy::Keep || !connections.canDisconnect()) {
        silentSweep.clear();
        return false;
    }
    const bool isMore = silentSweep.proceed(deadline, isForced);
    if (silentSweep.endedCount() != silentDisconnectionCount)
        postFlush();
    return isMore;
}

// Called often: the timer of a key that has expired may not have fired yet, or never does in a
// thread without an event loop.
void QZapGuardPrivate::checkExpiry()
{
    const qint64 now = Clock::wallMilliseconds();
    if (now >= m_expiry)
        silentSweep.demandAll();
    m_expiry = m_narrowing.nextExpiry(now);
    if (m_expiry == KeyStore::Never) {
        m_expiryTimer.stop();
        return;
    }
    m_expiryTimer.start(std::min<std::chrono::milliseconds>(
        std::chrono::milliseconds(m_expiry - now + 1), LongestExpiryWait));
}

void QZapGuardPrivate::setSlice(std::chrono::nanoseconds length)
{
    m_flushSlices.setLength(length);
    m_reviewSlices.setLength(length);
    connections.setSlice(length);
}

void QZapGuardPrivate::setSweepInterval(std::chrono::milliseconds interval)
{
    silentSweep.setInterval(interval);
    if (silentSweep.isDue())
        continueLater();
}
