// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/domainpolicy.h"

namespace QZap::Internal {

std::shared_ptr<const DomainPolicy> upToDate(const std::shared_ptr<const DomainPolicy> &policy)
{
    std::shared_ptr<const DomainPolicy> content =
        policy && policy->feed ? policy->feed->content() : nullptr;
    if (!content || content == policy->fed)
        return policy;
    auto result = std::make_shared<DomainPolicy>(*policy);
    result->state = content->state;
    result->keys = content->keys;
    result->passwords = content->passwords;
    result->isSettling = content->isSettling;
    result->isLost = content->isLost;
    result->freshness = content->freshness;
    result->hasUserMetadata = content->hasUserMetadata;
    if (result->hasStoreMetadata())
        result->metadata = result->storeMetadata;
    result->fed = std::move(content);
    return result;
}

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

bool DomainTable::contains(QByteArrayView domain) const
{
    return domain == QByteArrayView(AnyDomain) ? m_hasAny
                                               : m_domains.contains(ByteKey::view(domain));
}

bool DomainTable::update()
{
    bool hasChanged = false;
    const auto updateAll = [&](Policies &policies) {
        for (std::shared_ptr<const DomainPolicy> &policy : policies) {
            auto current = upToDate(policy);
            hasChanged = hasChanged || current != policy;
            policy = std::move(current);
        }
    };
    for (Policies &policies : m_domains)
        updateAll(policies);
    updateAll(m_any);
    return hasChanged;
}

} // namespace QZap::Internal
