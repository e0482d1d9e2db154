// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_PROVIDERTABLE_H
#define QZAP_POLICY_PROVIDERTABLE_H

#include "base/bytehash.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>

#include <memory>

namespace QZap::Internal {

// The link to a credentials provider. A policy only holds it.
class ProviderLink;
using ProviderPointer = std::shared_ptr<ProviderLink>;

// The providers to ask about the peers of each domain, regardless of their mechanism.
class ProviderTable
{
public:
    struct Match
    {
        const ProviderPointer *provider = nullptr;
        bool fellBack = false; // to the provider for all domains
        bool isClosed = false; // the provider was removed, and the name is closed
    };

    void insert(const QByteArray &domain, const ProviderPointer &provider);
    // If the domain stays closed, its match is closed until it has a provider again.
    void remove(const QByteArray &domain, bool staysClosed);
    void forgetClosed();
    bool isEmpty() const { return m_named.isEmpty() && !m_any && !m_isAnyClosed; }
    Match find(QByteArrayView domain) const;
    // Returns the domains that have a provider, sorted; not the one for all domains.
    QList<QByteArray> names() const;

private:
    QHash<ByteKey, ProviderPointer> m_named; // null: closed
    ProviderPointer m_any;
    bool m_isAnyClosed = false;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_PROVIDERTABLE_H
