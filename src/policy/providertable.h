// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_PROVIDERTABLE_H
#define QZAP_POLICY_PROVIDERTABLE_H

#include "protocol/bytehash.h"

#include <QtCore/qhash.h>

#include <memory>

namespace QZap::Internal {

// How a credentials provider is asked. A policy only knows that there is one.
class ProviderLink;
using ProviderPointer = std::shared_ptr<ProviderLink>;

// Whom to ask about the peers of which domain, whatever their mechanism.
class ProviderTable
{
public:
    struct Match
    {
        const ProviderPointer *provider = nullptr;
        bool fellBack = false; // to the provider for all
    };

    void insert(const QByteArray &domain, const ProviderPointer &provider);
    void remove(const QByteArray &domain);
    bool isEmpty() const { return m_named.isEmpty() && !m_any; }
    Match find(QByteArrayView domain) const;

private:
    QHash<ByteKey, ProviderPointer> m_named;
    ProviderPointer m_any;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_PROVIDERTABLE_H
