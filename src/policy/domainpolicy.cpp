// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/domainpolicy.h"

namespace QZap::Internal {

void DomainTable::insert(const QByteArray &name, Mechanism mechanism,
                         std::shared_ptr<const DomainPolicy> policy)
{
    const bool any = name == QByteArrayView(AnyDomain);
    Policies &policies = any ? m_any : m_domains[ByteKey{name}];
    policies[static_cast<size_t>(mechanism)] = std::move(policy);
    m_hasAny |= any;
}

DomainTable::Match DomainTable::find(QByteArrayView domain, Mechanism mechanism) const
{
    const auto index = static_cast<size_t>(mechanism);
    const auto exact = m_domains.constFind(ByteKey::view(domain));
    const bool known = exact != m_domains.constEnd();
    if (known && (*exact)[index])
        return {(*exact)[index].get(), false, true};
    return {m_any[index].get(), m_any[index] != nullptr, known || m_hasAny};
}

} // namespace QZap::Internal
