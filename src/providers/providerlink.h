// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROVIDERS_PROVIDERLINK_H
#define QZAP_PROVIDERS_PROVIDERLINK_H

#include "base/weakinvoker.h"

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>

#include <QtCore/qmutex.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <deque>
#include <memory>

namespace QZap::Internal {

class ProviderQuestion;

// The link from policies and engines to a credentials provider. It outlives the provider; after
// that, the peers that the provider would be asked about are not let in. Thread-safe.
class ProviderLink : public std::enable_shared_from_this<ProviderLink>
{
public:
    explicit ProviderLink(QZapCredentialsProvider *provider)
        : m_invoker(provider)
        , m_provider(provider)
    { }

    void close();
    bool isOpen() const { return m_invoker.isOpen(); }
    // Returns null once the provider is destroyed. Use the result in the provider's thread only.
    QZapCredentialsProvider *provider() const { return isOpen() ? m_provider : nullptr; }

    // Asks in the provider's thread, immediately if that is the current one. Returns false if the
    // provider was destroyed.
    bool ask(const QZapDecision &decision);
    // Call this if the answer is no longer needed: notifies the provider if it has already been
    // asked, otherwise it is not asked.
    void expire(const std::shared_ptr<ProviderQuestion> &question, const QString &why);
    // Called in the provider's thread after posted events were lost with an event loop.
    void postAgain();
    // Returns true the first time only.
    bool markBroken() { return !m_isBroken.exchange(true); }

private:
    // A provider may run an event loop, in which it is asked about the next request, and so on.
    // Each nested call uses stack space.
    static constexpr int MaximumNesting = 8;

    static void run(QZapCredentialsProvider *provider, const QZapDecision &decision);
    void askNext();
    void postMissing();
    bool withdraw(const std::shared_ptr<ProviderQuestion> &question);

    WeakInvoker m_invoker;
    QZapCredentialsProvider *const m_provider;
    std::atomic<bool> m_isBroken{false};
    // The decisions that a provider in another thread has not been asked about yet. They are stored
    // here and not in events, so that expired ones are freed. There are never fewer events than
    // decisions, unless too many event loops of the provider are nested.
    QMutex m_mutex;
    std::deque<QZapDecision> m_waiting;
    size_t m_postedEvents = 0;
    int m_nesting = 0;
};

} // namespace QZap::Internal

#endif // QZAP_PROVIDERS_PROVIDERLINK_H
