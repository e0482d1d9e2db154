// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/providertable.h"

#include <QZap/qzap.h>

namespace QZap::Internal {

void ProviderTable::insert(const QByteArray &domain, const ProviderPointer &provider)
{
    if (domain == QByteArrayView(AnyDomain))
        m_any = provider;
    else
        m_named.insert(ByteKey{domain}, provider);
}

void ProviderTable::remove(const QByteArray &domain)
{
    if (domain == QByteArrayView(AnyDomain))
        m_any.reset();
    else
        m_named.remove(ByteKey{domain});
}

ProviderTable::Match ProviderTable::find(QByteArrayView domain) const
{
    const auto named = m_named.constFind(ByteKey::view(domain));
    if (named != m_named.constEnd())
        return {&*named, false};
    return {m_any ? &m_any : nullptr, true};
}

} // namespace QZap::Internal
