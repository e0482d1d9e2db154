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

// A credentials provider as policies and engines know it, also when it is gone: those that it was
// to be asked about are not let in then. Thread-safe.
class ProviderLink
{
public:
    explicit ProviderLink(QZapCredentialsProvider *provider)
        : m_invoker(provider)
        , m_provider(provider)
    { }

    void close();
    bool isOpen() const { return m_invoker.isOpen(); }
    // Null once it is gone; to be used in its own thread.
    QZapCredentialsProvider *provider() const { return isOpen() ? m_provider : nullptr; }

    // Asks in the provider's thread, at once if that is the current one. Returns false if the
    // provider is gone.
    bool ask(const QZapDecision &decision);
    // Nobody waits for the answer any more: a provider that was asked is told so, and one that was
    // not asked yet is not.
    void expire(const std::shared_ptr<ProviderQuestion> &question, const QString &why);
    // In the provider's thread: what was posted to it was lost with an event loop.
    void postAgain();
    // True the first time.
    bool markBroken() { return !m_isBroken.exchange(true); }

private:
    static void run(QZapCredentialsProvider *provider, const QZapDecision &decision);
    void askNext();
    void postMissing();
    bool withdraw(const std::shared_ptr<ProviderQuestion> &question);

    WeakInvoker m_invoker;
    QZapCredentialsProvider *const m_provider;
    std::atomic<bool> m_isBroken{false};
    // Decisions that a provider in another thread has not come to yet. Events do not hold them, so
    // that one that expires is freed. There are never fewer events than decisions.
    QMutex m_mutex;
    std::deque<QZapDecision> m_waiting;
    size_t m_postedEvents = 0;
};

} // namespace QZap::Internal

#endif // QZAP_PROVIDERS_PROVIDERLINK_H
