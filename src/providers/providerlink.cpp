// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providers/providerlink.h"

#include "providers/qzapdecision_p.h"

namespace QZap::Internal {

bool ProviderLink::ask(const QZapDecision &decision)
{
    if (m_invoker.objectHere()) {
        run(m_provider, decision);
        return true;
    }
    return m_invoker.post([provider = m_provider, decision] { run(provider, decision); });
}

void ProviderLink::tellExpired(const QZapDecision &decision, const QString &why)
{
    m_invoker.post(
        [provider = m_provider, decision, why] { Q_EMIT provider->expired(decision, why); });
}

void ProviderLink::run(QZapCredentialsProvider *provider, const QZapDecision &decision)
{
    bool hasThrown = false;
    try {
        provider->authenticate(decision);
    } catch (...) {
        hasThrown = true; // what it says is not ours to tell: it may hold a secret
    }
    QZapDecisionPrivate::get(decision)->question->providerReturned(hasThrown);
}

} // namespace QZap::Internal
