// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/providertable.h"

#include <QZap/qzap.h>

#include <algorithm>

namespace QZap::Internal {

void ProviderTable::insert(const QByteArray &domain, const ProviderPointer &provider)
{
    if (domain == QByteArrayView(AnyDomain)) {
        m_any = provider;
        m_isAnyClosed = false;
    } else {
        m_named.insert(ByteKey{domain}, provider);
    }
}

void ProviderTable::remove(const QByteArray &domain, bool staysClosed)
{
    if (domain == QByteArrayView(AnyDomain)) {
        m_isAnyClosed = staysClosed && (m_any || m_isAnyClosed);
        m_any.reset();
        return;
    }
    const auto found = m_named.find(ByteKey{domain});
    if (found == m_named.end())
        return;
    if (staysClosed)
        found->reset();
    else
        m_named.erase(found);
}

void ProviderTable::forgetClosed()
{
    m_isAnyClosed = false;
    m_named.removeIf([](const auto &entry) { return !entry.value(); });
}

ProviderTable::Match ProviderTable::find(QByteArrayView domain) const
{
    const auto named = m_named.constFind(ByteKey::view(domain));
    if (named != m_named.constEnd())
        return {*named ? &*named : nullptr, false, !*named};
    return {m_any ? &m_any : nullptr, true, m_isAnyClosed};
}

QList<QByteArray> ProviderTable::names() const
{
    QList<QByteArray> names;
    for (auto named = m_named.cbegin(); named != m_named.cend(); ++named) {
        if (named.value())
            names.append(named.key().bytes);
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace QZap::Internal
