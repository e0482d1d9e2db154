// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "providers/providerlink.h"

#include "providers/qzapdecision_p.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

void ProviderLink::close()
{
    m_invoker.close();
    std::deque<QZapDecision> waiting;
    const QMutexLocker lock(&m_mutex);
    waiting.swap(m_waiting); // destroyed after the lock is released
}

bool ProviderLink::ask(const QZapDecision &decision)
{
    if (m_invoker.objectHere()) {
        run(m_provider, decision);
        return true;
    }
    const QMutexLocker lock(&m_mutex);
    if (!m_invoker.isOpen())
        return false;
    m_waiting.push_back(decision);
    postMissing();
    return true;
}

void ProviderLink::expire(const std::shared_ptr<ProviderQuestion> &question, const QString &why)
{
    if (withdraw(question))
        return;
    m_invoker.post([provider = m_provider, decision = QZapDecisionPrivate::create(question), why] {
        Q_EMIT provider->expired(decision, why);
    });
}

bool ProviderLink::withdraw(const std::shared_ptr<ProviderQuestion> &question)
{
    const QMutexLocker lock(&m_mutex);
    // The oldest decisions expire first.
    const auto found =
        std::find_if(m_waiting.begin(), m_waiting.end(), [&question](const QZapDecision &decision) {
            return QZapDecisionPrivate::get(decision)->question == question;
        });
    if (found == m_waiting.end())
        return false;
    m_waiting.erase(found);
    return true;
}

void ProviderLink::postAgain()
{
    const QMutexLocker lock(&m_mutex);
    m_postedEvents = 0;
    postMissing();
}

void ProviderLink::postMissing()
{
    if (m_nesting >= MaximumNesting)
        return; // asked later, with fewer nested event loops
    while (m_postedEvents < m_waiting.size() && m_invoker.post([this] { askNext(); }))
        ++m_postedEvents;
}

void ProviderLink::askNext()
{
    const auto self = shared_from_this(); // the provider may be deleted by its own code
    QZapDecision decision;
    {
        const QMutexLocker lock(&m_mutex);
        m_postedEvents -= m_postedEvents > 0 ? 1 : 0;
        if (m_waiting.empty() || m_nesting >= MaximumNesting)
            return;
        decision = std::move(m_waiting.front());
        m_waiting.pop_front();
        ++m_nesting;
    }
    run(m_provider, decision);
    const QMutexLocker lock(&m_mutex);
    --m_nesting;
    postMissing();
}

void ProviderLink::run(QZapCredentialsProvider *provider, const QZapDecision &decision)
{
    bool hasThrown = false;
    try {
        provider->authenticate(decision);
    } catch (...) {
        hasThrown = true; // its message is not reported: it may contain a secret
    }
    QZapDecisionPrivate::get(decision)->question->providerReturned(hasThrown);
}

} // namespace QZap::Internal
