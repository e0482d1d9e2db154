// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/domainlabels.h"

namespace QZap::Internal {

void DomainLabels::lookUp(QByteArrayView domain, const Policy &policy, quint64 version)
{
    m_number = numberOf(labelOf(domain, policy));
    m_domain.resize(0); // keeps the memory
    m_domain += domain;
    m_version = version;
}

QByteArrayView DomainLabels::labelOf(QByteArrayView domain, const Policy &policy)
{
    const ProviderTable::Match asked =
        policy.providers ? policy.providers->find(domain) : ProviderTable::Match();
    const bool isAsked = asked.provider || asked.isClosed;
    if (policy.domains->contains(domain) || (isAsked && !asked.fellBack))
        return domain;
    const QByteArrayView any(AnyDomain.data(), AnyDomain.size());
    if (policy.domains->contains(any) || isAsked)
        return any;
    return Other;
}

size_t DomainLabels::numberOf(QByteArrayView label)
{
    const auto known = m_numbers.find(ByteKey::view(label));
    if (known != m_numbers.end())
        return known->second;
    if (m_labels.size() >= Maximum)
        return OtherNumber;
    const auto number = static_cast<size_t>(m_labels.size());
    const QByteArray bytes = label.toByteArray();
    m_numbers.emplace(ByteKey{bytes}, number);
    m_labels.append(bytes);
    return number;
}

} // namespace QZap::Internal
