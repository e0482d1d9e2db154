// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/narrowing.h"

#include <utility>

namespace QZap::Internal {

namespace {

constexpr int KeysPerCheck = 256; // of the deadline

// Whether an address that the rules before let in may be refused now.
bool areAddressesNarrowed(const Policy &before, const Policy &now)
{
    if (before.addresses == now.addresses && before.addressMode == now.addressMode)
        return false;
    switch (now.addressMode) {
    case AddressMode::Unset:
        return false;
    case AddressMode::Allow:
        return before.addressMode != AddressMode::Allow
               || !now.addresses->includes(*before.addresses);
    case AddressMode::Deny:
        return before.addressMode != AddressMode::Deny
               || !before.addresses->includes(*now.addresses);
    }
    return true;
}

// A policy or domain that gives temporary answers ends no sessions, so that the one before it is
// compared with the next.
bool isDecided(const Policy &policy)
{
    return !policy.onHold && !policy.isMisconfigured;
}

bool isDecided(const DomainPolicy &domain)
{
    return !domain.isSettling && domain.state != DomainPolicy::State::Loading
           && domain.state != DomainPolicy::State::Unavailable;
}

} // namespace

const DomainPolicy *Narrowing::domainIn(const Policy &policy) const
{
    return policy.domains->find(m_domain, m_mechanism).policy;
}

void Narrowing::start(std::shared_ptr<const Policy> policy)
{
    if (!m_before) {
        m_before = policy;
        m_now = std::move(policy);
        m_step = Step::Unchanged;
        return;
    }
    m_now = std::move(policy);
    m_position = 0;
    m_step = compareRules();
}

Narrowing::Step Narrowing::compareRules() const
{
    if (!isDecided(*m_now))
        return Step::Unchanged;
    if (areAddressesNarrowed(*m_before, *m_now) || (m_before->reportOnly && !m_now->reportOnly))
        return Step::Narrowed;
    const DomainTable::Match before = m_before->domains->find(m_domain, m_mechanism);
    const DomainTable::Match now = m_now->domains->find(m_domain, m_mechanism);
    const auto isClosed = [this](const Policy &policy) {
        return policy.providers && policy.providers->find(m_domain).isClosed;
    };
    if (isClosed(*m_now) && !isClosed(*m_before))
        return Step::Narrowed;
    if (!before.policy && !now.policy)
        return now.named && !before.named ? Step::Narrowed : Step::Unchanged;
    if (!before.policy || !now.policy)
        return Step::Narrowed;
    return compareDomains(*before.policy, *now.policy);
}

Narrowing::Step Narrowing::compareDomains(const DomainPolicy &before, const DomainPolicy &now) const
{
    using State = DomainPolicy::State;
    if (&before == &now || !isDecided(now))
        return Step::Unchanged;
    if (now.state == State::Closed)
        return before.state == State::Closed ? Step::Unchanged : Step::Narrowed;
    if (now.state == State::Unconfigured)
        return Step::Unchanged;
    if ((before.reportOnly && !now.reportOnly) || before.metadata != now.metadata
        || before.publishesDomain != now.publishesDomain || (before.acceptsAll && !now.acceptsAll)
        || before.state == State::Unconfigured) {
        return Step::Narrowed;
    }
    if (now.acceptsAll && !before.keys)
        return Step::Unchanged;
    if (!now.principals.contains(before.principals))
        return Step::Narrowed;
    if (before.keys && before.keys != now.keys)
        return now.keys ? Step::CompareKeys : Step::Narrowed;
    if (before.passwords && before.passwords != now.passwords)
        return now.passwords ? Step::CompareUsers : Step::Narrowed;
    return Step::Unchanged;
}

bool Narrowing::isLost(qsizetype position, const DomainPolicy &before,
                       const DomainPolicy &now) const
{
    if (m_step == Step::CompareUsers) {
        const QByteArrayView user = before.passwords->userAt(position);
        return !user.isEmpty()
               && (!now.passwords->contains(user)
                   || now.passwords->entryDigest(user) != before.passwords->entryDigest(user));
    }
    const QByteArrayView key = before.keys->keyAt(position);
    const auto former = before.keys->find(key);
    const auto match = now.keys->find(key);
    return !match || match->userId != former->userId || match->metadata != former->metadata;
}

Narrowing::Outcome Narrowing::step(const QDeadlineTimer &deadline)
{
    if (m_step == Step::Unchanged || m_step == Step::Narrowed)
        return finish(m_step == Step::Narrowed ? Outcome::Narrowed : Outcome::Unchanged);
    const DomainPolicy &before = *domainIn(*m_before);
    const DomainPolicy &now = *domainIn(*m_now);
    const qsizetype end =
        m_step == Step::CompareKeys ? before.keys->positions() : before.passwords->positions();
    for (; m_position < end; ++m_position) {
        if (isLost(m_position, before, now))
            return finish(Outcome::Narrowed);
        if (m_position % KeysPerCheck == KeysPerCheck - 1 && deadline.hasExpired()) {
            ++m_position;
            return Outcome::Unfinished;
        }
    }
    return finish(Outcome::Unchanged);
}

Narrowing::Outcome Narrowing::finish(Outcome outcome)
{
    m_step = Step::Unchanged;
    const DomainPolicy *const domain = m_now ? domainIn(*m_now) : nullptr;
    if (!m_now || !isDecided(*m_now))
        return outcome;
    if (!domain || isDecided(*domain)) {
        m_before = m_now;
        return outcome;
    }
    auto rules = std::make_shared<Policy>(*m_now);
    rules->domains = m_before->domains;
    m_before = std::move(rules);
    return outcome;
}

qint64 Narrowing::nextExpiry(qint64 milliseconds) const
{
    const DomainPolicy *const domain = m_now ? domainIn(*m_now) : nullptr;
    return domain && domain->keys ? domain->keys->nextExpiry(milliseconds) : KeyStore::Never;
}

} // namespace QZap::Internal
