// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapopenmetrics.h>

#include "authenticator/qzapauthenticator_p.h"
#include "base/clock.h"
#include "observers/metricstext.h"
#include "policy/cause.h"
#include "protocol/request.h"
#include "reporting/decisiontally.h"

#include <QtCore/qthread.h>

#include <algorithm>
#include <tuple>
#include <vector>

using namespace QZap::Internal;

namespace {

QByteArrayView outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Accepted:
        return "accepted";
    case Outcome::Unenforced:
        return "unenforced";
    case Outcome::Later:
        return "later";
    case Outcome::Dropped:
        return "dropped";
    case Outcome::Refused:
        break;
    }
    return "refused";
}

QByteArray mechanismLabel(QZap::Mechanism mechanism)
{
    const QByteArrayView name = mechanismName(mechanism);
    return name.isEmpty() ? QByteArrayLiteral("unknown") : name.toByteArray().toLower();
}

void appendDecisions(const DecisionTally::Snapshot &tally, MetricsText *text)
{
    text->startFamily("qzap_decisions", "counter",
                      "Requests, by what was decided and the kind of the reason.");
    for (const DecisionTally::Series &series : tally.series) {
        text->append("_total",
                     {{"domain", tally.domains.at(static_cast<qsizetype>(series.domain))},
                      {"mechanism", mechanismLabel(series.mechanism)},
                      {"outcome", outcomeName(series.outcome)},
                      {"reason", causeName(series.cause)}},
                     series.count);
    }
}

void appendDurations(const DecisionTally::Snapshot &tally, MetricsText *text)
{
    text->startFamily("qzap_decision_duration_seconds", "histogram",
                      "Time from the receipt of a request to its reply.", "seconds");
    qint64 count = 0;
    for (size_t i = 0; i < tally.durations.size(); ++i) {
        count += tally.durations[i];
        const bool isLast = i == DecisionTally::DurationLimits.size();
        const QByteArray limit = isLast ? QByteArrayLiteral("+Inf")
                                        : MetricsText::seconds(DecisionTally::DurationLimits[i]);
        text->append("_bucket", {{"le", limit}}, count);
    }
    text->append("_count", {}, count);
    text->appendSeconds("_sum", {}, tally.durationSum);
}

void appendGuards(const SessionCore &sessions, MetricsText *text)
{
    const GuardCounts counts = sessions.guardCounts();
    text->appendGauge("qzap_guards", "Guards of sockets.", sessions.numbers().guardCount());
    text->appendGauge("qzap_guard_connections", "Connections of guarded sockets.",
                      counts.connections);
    text->appendGauge("qzap_guard_sessions",
                      "Connections of guarded sockets whose peer's session is known.",
                      counts.sessions);
    text->appendCounter("qzap_guard_revoked_sessions",
                        "Sessions that ended while guards knew them.", counts.revoked);
    text->appendCounter("qzap_guard_disconnections", "Connections that guards have ended.",
                        counts.disconnected);
    text->appendCounter("qzap_guard_silent_disconnections",
                        "Connections that guards have ended, and that had sent nothing.",
                        counts.silentlyDisconnected);
}

struct Store
{
    QByteArray domain;
    QByteArray mechanism;
    qint64 entries = 0;
    bool isReady = false;
    std::shared_ptr<const Freshness> freshness; // null if it need not be confirmed
};

std::vector<Store> storesOf(const Policy &policy)
{
    std::vector<Store> stores;
    policy.domains->forEach(
        [&stores](QByteArrayView name, QZap::Mechanism mechanism, const DomainPolicy &domain) {
            Store store;
            store.domain = name.toByteArray();
            store.mechanism = mechanismLabel(mechanism);
            store.entries = (domain.keys ? domain.keys->size() : 0)
                            + (domain.passwords ? domain.passwords->size() : 0)
                            + domain.principals.size();
            store.isReady = domain.state == DomainPolicy::State::Ready && !domain.isStale();
            store.freshness = domain.freshness;
            stores.push_back(std::move(store));
        });
    std::sort(stores.begin(), stores.end(), [](const Store &lhs, const Store &rhs) {
        return std::tie(lhs.domain, lhs.mechanism) < std::tie(rhs.domain, rhs.mechanism);
    });
    return stores;
}

void appendStores(const Policy &policy, MetricsText *text)
{
    const std::vector<Store> stores = storesOf(policy);
    text->startFamily("qzap_store_entries", "gauge",
                      "Keys, users or principals that a domain knows.");
    for (const Store &store : stores) {
        text->append({}, {{"domain", store.domain}, {"mechanism", store.mechanism}}, store.entries);
    }
    text->startFamily("qzap_store_ready", "gauge",
                      "Whether the credentials of a domain are loaded, valid and not stale.");
    for (const Store &store : stores) {
        text->append({}, {{"domain", store.domain}, {"mechanism", store.mechanism}},
                     store.isReady ? 1 : 0);
    }
    text->startFamily("qzap_store_stale", "gauge",
                      "Whether the credentials of a domain were not confirmed in time.");
    for (const Store &store : stores) {
        if (store.freshness) {
            text->append({}, {{"domain", store.domain}, {"mechanism", store.mechanism}},
                         store.freshness->isStale() ? 1 : 0);
        }
    }
    text->startFamily("qzap_store_confirmed_age_seconds", "gauge",
                      "Time since the credentials of a domain were confirmed.", "seconds");
    const qint64 now = Clock::steady();
    for (const Store &store : stores) {
        const qint64 confirmed = store.freshness ? store.freshness->confirmedAt() : 0;
        if (confirmed > 0) {
            text->appendSeconds({}, {{"domain", store.domain}, {"mechanism", store.mechanism}},
                                std::max<qint64>(now - confirmed, 0));
        }
    }
}

} // namespace

/*!
    \since 0.1

    Returns the counters of \a authenticator as a text in the
    \l {https://github.com/prometheus/OpenMetrics}{OpenMetrics} format, UTF-8, for the content type
    \c {application/openmetrics-text; version=1.0.0; charset=utf-8}. Its metrics are described in
    \l {Audit and metrics}.

    Counts start at 0 when the authenticator is created. Those of guards, which may live in other
    threads, are as new as the last activity of their sockets. No label is a user id, a key, an
    address, or a text of a credentials provider: their number depends on the configuration only.

    Must be called in the thread that \a authenticator lives in. From another thread, or if
    \a authenticator is \c nullptr, returns a text without metrics.

    \sa QZapAuditLog
*/
QByteArray QZap::openMetrics(const QZapAuthenticator *authenticator)
{
    MetricsText text;
    if (!authenticator)
        return text.finished();
    const QZapAuthenticatorPrivate *const d = QZapAuthenticatorPrivate::get(authenticator);
    if (authenticator->thread() != QThread::currentThread()) {
        qWarning("QZap::openMetrics: must be called in the thread that the authenticator lives in");
        return text.finished();
    }
    const DecisionTally::Snapshot tally = d->tally.snapshot();
    appendDecisions(tally, &text);
    appendDurations(tally, &text);
    text.appendGauge("qzap_running", "Whether the authenticator answers requests.",
                     d->isRunning ? 1 : 0);
    text.appendGauge("qzap_pending_requests", "Requests that wait for a decision.",
                     d->delivery.queue().counts().pending);
    text.appendGauge("qzap_held_connections",
                     "Connections that were told to try later, and are held by libzmq.",
                     d->engine.heldCount());
    text.appendGauge("qzap_locked_addresses",
                     "Addresses that are locked out because of wrong passwords.",
                     d->lockout.lockedCount());
    appendGuards(*d->sessions, &text);
    appendStores(*d->sessions->policies().current(), &text);
    return text.finished();
}
