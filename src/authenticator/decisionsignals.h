// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_DECISIONSIGNALS_H
#define QZAP_AUTHENTICATOR_DECISIONSIGNALS_H

#include "reporting/reportdelivery.h"

class QZapAuthenticator;

namespace QZap::Internal {

class Listeners;

// Emits the authenticator's signals about decisions and counters. A slot may delete the
// authenticator.
class DecisionSignals final : public ReportDelivery::Sink
{
public:
    // The delivery need not exist yet.
    DecisionSignals(QZapAuthenticator *authenticator, const Listeners &listeners,
                    ReportDelivery &delivery);
    Q_DISABLE_COPY_MOVE(DecisionSignals)

    void reportDecision(const Report &report) override;
    void reportCounts(const Counts &before, const Counts &now) override;

private:
    QZapAuthenticator *m_authenticator;
    const Listeners &m_listeners;
    ReportDelivery &m_delivery;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_DECISIONSIGNALS_H
