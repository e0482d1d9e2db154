// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROVIDERS_PROVIDERLINK_H
#define QZAP_PROVIDERS_PROVIDERLINK_H

#include "base/weakinvoker.h"

#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>

#include <QtCore/qstring.h>

#include <atomic>

namespace QZap::Internal {

// A credentials provider as policies and engines know it, also when it is gone: those that it was
// to be asked about are not let in then. Thread-safe.
class ProviderLink
{
public:
    explicit ProviderLink(QZapCredentialsProvider *provider)
        : m_invoker(provider)
        , m_provider(provider)
    { }

    void close() { m_invoker.close(); }
    bool isOpen() const { return m_invoker.isOpen(); }
    // Null once it is gone; to be used in its own thread.
    QZapCredentialsProvider *provider() const { return isOpen() ? m_provider : nullptr; }

    // Asks in the provider's thread, at once where that is the current one. False where the
    // provider is gone.
    bool ask(const QZapDecision &decision);
    void tellExpired(const QZapDecision &decision, const QString &why);
    // True the first time.
    bool markBroken() { return !m_isBroken.exchange(true); }

private:
    static void run(QZapCredentialsProvider *provider, const QZapDecision &decision);

    WeakInvoker m_invoker;
    QZapCredentialsProvider *const m_provider;
    std::atomic<bool> m_isBroken{false};
};

} // namespace QZap::Internal

#endif // QZAP_PROVIDERS_PROVIDERLINK_H
