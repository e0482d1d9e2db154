// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/decisionsignals.h"

#include "reporting/report.h"
#include "reporting/reporter.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qpointer.h>

namespace QZap::Internal {

DecisionSignals::DecisionSignals(QZapAuthenticator *authenticator, const Listeners &listeners,
                                 ReportDelivery &delivery)
    : m_authenticator(authenticator)
    , m_listeners(listeners)
    , m_delivery(delivery)
{ }

void DecisionSignals::reportDecision(const Report &report)
{
    if (m_listeners.have(Listeners::All)) {
        const QPointer<QZapAuthenticator> guard(m_authenticator);
        Q_EMIT m_authenticator->decided(report.request, report.reply());
        if (!guard)
            return;
    }
    if (report.status == Status::Success) {
        if (m_listeners.have(Listeners::Accepted))
            Q_EMIT m_authenticator->authenticated(report.userId, report.request);
    } else if (m_listeners.have(Listeners::Refused)) {
        Q_EMIT m_authenticator->rejected(report.userId, QString::fromUtf8(report.reason),
                                         report.request);
    }
}

void DecisionSignals::reportCounts(const Counts &before, const Counts &now)
{
    const QPointer<QZapAuthenticator> guard(m_authenticator);
    if (before.accepted != now.accepted)
        Q_EMIT guard->acceptedCountChanged();
    if (guard && before.rejected != now.rejected)
        Q_EMIT guard->rejectedCountChanged();
    if (guard && before.unenforced != now.unenforced)
        Q_EMIT guard->unenforcedCountChanged();
    if (guard && before.temporary != now.temporary)
        Q_EMIT guard->temporaryCountChanged();
    if (guard && before.dropped != now.dropped)
        Q_EMIT guard->droppedCountChanged();
    if (guard && before.unreported != now.unreported) {
        m_delivery.log().write(QStringLiteral("%1 decisions were not reported: slots are too slow")
                                   .arg(now.unreported - before.unreported));
        if (guard)
            Q_EMIT guard->unreportedCountChanged();
    }
    if (guard && before.pending != now.pending)
        Q_EMIT guard->pendingCountChanged();
}

} // namespace QZap::Internal
