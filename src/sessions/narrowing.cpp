// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/narrowing.h"

#include "base/workerpool.h"

namespace QZap::Internal {

namespace {

constexpr int KeysPerCheck = 64; // of the deadline

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

// The entries in which two stores can differ: if both are overlays on the same store, or one is
// that store, those of the overlays; otherwise, all entries of the former store.
template <typename Store>
class StoreChange
{
public:
    StoreChange(const Store &before, const Store &now)
        : m_before(before)
        , m_now(now)
        , m_haveSameBase(bottomOf(before) == bottomOf(now))
    { }

    qsizetype positions() const
    {
        return m_haveSameBase ? overlaySize(m_before) + overlaySize(m_now) : m_before.positions();
    }
    const Store &storeOf(qsizetype position) const
    {
        return m_haveSameBase && position >= overlaySize(m_before) ? m_now : m_before;
    }
    qsizetype positionIn(qsizetype position) const
    {
        return &storeOf(position) == &m_now ? position - overlaySize(m_before) : position;
    }

private:
    static const Store *bottomOf(const Store &store)
    {
        return store.base() ? store.base().get() : &store;
    }
    static qsizetype overlaySize(const Store &store)
    {
        return store.base() ? store.ownPositions() : 0;
    }

    const Store &m_before;
    const Store &m_now;
    const bool m_haveSameBase;
};

} // namespace

const DomainPolicy *Narrowing::domainIn(const Policy &policy) const
{
    return policy.domains->find(m_domain, m_mechanism).policy;
}

bool Narrowing::haveSameStores(const Policy &a, const Policy &b) const
{
    const DomainPolicy *const first = domainIn(a);
    const DomainPolicy *const second = domainIn(b);
    return first && second && first->keys == second->keys && first->passwords == second->passwords;
}

bool Narrowing::start(const PolicySnapshot &snapshot)
{
    const std::shared_ptr<const Policy> former = std::exchange(m_now, snapshot.policy);
    m_started = snapshot;
    m_started.policy.reset();
    if (!m_before) {
        m_before = m_now;
        m_finished = m_started;
        m_step = Step::Unchanged;
        return false;
    }
    const Step formerStep = std::exchange(m_step, compareRules());
    const bool isUnfinished = formerStep == Step::CompareKeys || formerStep == Step::CompareUsers;
    const bool isContinued =
        isUnfinished && m_step == formerStep && haveSameStores(*former, *m_now);
    const bool isUsedBetween = snapshot.ruleChanges > m_finished.ruleChanges + 1
                               && snapshot.usedVersion > m_finished.version;
    if (formerStep == Step::Narrowed || isUsedBetween || (isUnfinished && !isContinued))
        m_step = Step::Narrowed;
    else if (!isContinued)
        m_position = 0;
    return isDecided(*m_now) && areAddressesNarrowed(*m_before, *m_now);
}

Narrowing::Step Narrowing::compareRules() const
{
    if (!isDecided(*m_now))
        return Step::Unchanged;
    if (m_before->reportOnly && !m_now->reportOnly)
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

qsizetype Narrowing::positions(const DomainPolicy &before, const DomainPolicy &now) const
{
    return m_step == Step::CompareKeys ? StoreChange(*before.keys, *now.keys).positions()
                                       : StoreChange(*before.passwords, *now.passwords).positions();
}

bool Narrowing::isLost(qsizetype position, const DomainPolicy &before,
                       const DomainPolicy &now) const
{
    if (m_step == Step::CompareUsers) {
        const PasswordStore &former = *before.passwords;
        const PasswordStore &current = *now.passwords;
        const StoreChange change(former, current);
        const QByteArrayView user = change.storeOf(position).userAt(change.positionIn(position));
        return !user.isEmpty() && former.contains(user)
               && (!current.contains(user) || current.entryDigest(user) != former.entryDigest(user)
                   || current.detailsOf(user).metadata != former.detailsOf(user).metadata)
               && (!m_mayBeConnected || m_mayBeConnected(user));
    }
    const StoreChange change(*before.keys, *now.keys);
    const QByteArrayView key = change.storeOf(position).keyAt(change.positionIn(position));
    const auto former = before.keys->find(key);
    if (!former)
        return false; // the store does not use the entry at this position
    const auto match = now.keys->find(key);
    return (!match || match->userId != former->userId || match->metadata != former->metadata)
           && (!m_mayBeConnected || m_mayBeConnected(key));
}

Narrowing::Outcome Narrowing::step(const QDeadlineTimer &deadline)
{
    if (m_step == Step::Unchanged || m_step == Step::Narrowed)
        return finish(m_step == Step::Narrowed ? Outcome::Narrowed : Outcome::Unchanged);
    const DomainPolicy &before = *domainIn(*m_before);
    const DomainPolicy &now = *domainIn(*m_now);
    const qsizetype end = positions(before, now);
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
    m_finished = m_started;
    const DomainPolicy *const domain = m_now ? domainIn(*m_now) : nullptr;
    if (!m_now || !isDecided(*m_now))
        return outcome;
    if (!domain || isDecided(*domain)) {
        replaceBefore(m_now);
        return outcome;
    }
    auto rules = std::make_shared<Policy>(*m_now);
    rules->domains = m_before->domains;
    replaceBefore(std::move(rules));
    return outcome;
}

// The policy may be large, and this may be its last user.
void Narrowing::replaceBefore(std::shared_ptr<const Policy> policy)
{
    std::shared_ptr<const Policy> former = std::exchange(m_before, std::move(policy));
    if (former != m_before)
        WorkerPool::release(std::move(former));
}

qint64 Narrowing::nextExpiry(qint64 milliseconds) const
{
    const DomainPolicy *const domain = m_now ? domainIn(*m_now) : nullptr;
    if (domain && domain->passwords)
        return domain->passwords->nextExpiry(milliseconds);
    return domain && domain->keys ? domain->keys->nextExpiry(milliseconds) : KeyStore::Never;
}

} // namespace QZap::Internal
