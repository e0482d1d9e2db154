// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gatewaymetrics.h"

#include "publicationfront.h"
#include "requestfront.h"

namespace {

constexpr char End[] = "# EOF\n";

} // namespace

void GatewayMetrics::append(const RequestFront &front)
{
    const RequestCounters &counters = front.counters();
    startFamily("gateway_requests", "counter", "Requests of clients.");
    appendCount("gateway_requests_total", "forwarded", counters.forwarded);
    appendCount("gateway_requests_total", "unauthorized", counters.unauthorized);
    appendCount("gateway_requests_total", "malformed", counters.malformed);
    appendCount("gateway_requests_total", "excessive", counters.excessive);
    startFamily("gateway_replies", "counter", "Forwarded requests that are no longer pending.");
    appendCount("gateway_replies_total", "answered", counters.answered);
    appendCount("gateway_replies_total", "withheld", counters.withheld);
    appendCount("gateway_replies_total", "undelivered", counters.undelivered);
    appendCount("gateway_replies_total", "abandoned", counters.abandoned);
    appendCount("gateway_replies_total", "expired", counters.expired);
    startFamily("gateway_unexpected_replies", "counter", "Replies to no pending request.");
    m_text +=
        "gateway_unexpected_replies_total " + QByteArray::number(counters.unexpectedReplies) + '\n';
    startFamily("gateway_pending_requests", "gauge", "Forwarded requests without a reply.");
    m_text += "gateway_pending_requests " + QByteArray::number(front.pendingCount()) + '\n';
}

void GatewayMetrics::append(const PublicationFront &front)
{
    const PublicationCounters &counters = front.counters();
    startFamily("gateway_publications", "counter", "Messages of the back end.");
    appendCount("gateway_publications_total", "complete", counters.published - counters.incomplete);
    appendCount("gateway_publications_total", "incomplete", counters.incomplete);
    appendCount("gateway_publications_total", "malformed", counters.malformed);
    startFamily("gateway_subscriptions", "counter", "Subscriptions of clients.");
    appendCount("gateway_subscriptions_total", "accepted",
                counters.subscribed - counters.excessive);
    appendCount("gateway_subscriptions_total", "unauthorized", counters.unauthorized);
    appendCount("gateway_subscriptions_total", "excessive", counters.excessive);
    appendCount("gateway_subscriptions_total", "malformed", counters.ignored);
}

QByteArray GatewayMetrics::mergedInto(const QByteArray &openMetrics) const
{
    QByteArray text = openMetrics;
    if (text.endsWith(End))
        text.chop(static_cast<qsizetype>(sizeof End) - 1);
    return text + m_text + End;
}

void GatewayMetrics::startFamily(const QByteArray &name, const QByteArray &type,
                                 const QByteArray &help)
{
    m_text += "# TYPE " + name + ' ' + type + "\n# HELP " + name + ' ' + help + '\n';
}

void GatewayMetrics::appendCount(const QByteArray &name, const QByteArray &outcome, qint64 count)
{
    m_text += name + "{outcome=\"" + outcome + "\"} " + QByteArray::number(count) + '\n';
}
