// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/narrowing.h"

#include "base/clock.h"
#include "base/workerpool.h"
#include "credentials/stores/keystore.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

constexpr int KeysPerCheck = 64; // of the deadline

// Returns whether an address that the earlier rules let in may be refused now.
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

// Returns whether a time of expiry, in ms since 1970, has been moved into the past.
bool isCutShort(qint64 before, qint64 now)
{
    return now < before && KeyStore::isExpired(now, Clock::wall);
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
    const Pointer former = std::exchange(m_now, snapshot.policy);
    m_started = snapshot;
    m_started.policy.reset();
    const DomainPolicy *const domain = domainIn(*m_now);
    if (isDecided(*m_now) && (!domain || isDecided(*domain))) {
        replace(&m_decided, m_now);
        m_decidedVersion = snapshot.version;
    }
    if (!m_before) {
        m_before = m_now;
        m_finished = m_started;
        m_step = Step::Unchanged;
        return false;
    }
    const Step rules = compareRules(*m_before);
    const bool isUnfinished = m_step == Step::CompareKeys || m_step == Step::CompareUsers;
    const bool isContinued = isUnfinished && haveSameStores(*former, *m_now)
                             && domainIn(*former)->isSettling == domainIn(*m_now)->isSettling
                             && m_step == (m_older == Older::Before ? rules : compareMeanwhile());
    const bool isUsedBetween = snapshot.ruleChanges > m_finished.ruleChanges + 1
                               && snapshot.usedVersion > m_finished.version;
    if (m_step == Step::Narrowed || rules == Step::Narrowed || isUsedBetween
        || (isUnfinished && !isContinued)) {
        m_step = Step::Narrowed;
    } else if (!isContinued) {
        m_older = Older::Before;
        m_step = rules;
        m_position = 0;
    }
    return isDecided(*m_now) && areAddressesNarrowed(*m_before, *m_now);
}

Narrowing::Step Narrowing::compareRules(const Policy &older) const
{
    if (!isDecided(*m_now))
        return Step::Unchanged;
    if (older.reportOnly && !m_now->reportOnly)
        return Step::Narrowed;
    const DomainTable::Match before = older.domains->find(m_domain, m_mechanism);
    const DomainTable::Match now = m_now->domains->find(m_domain, m_mechanism);
    const auto isClosed = [this](const Policy &policy) {
        return policy.providers && policy.providers->find(m_domain).isClosed;
    };
    if (isClosed(*m_now) && !isClosed(older))
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

// A domain that is being written lets in the peers that it contains. Those that a later one does
// not contain have lost nothing until it is settled.
Narrowing::Step Narrowing::compareMeanwhile()
{
    if (!isSettling()) {
        const DomainPolicy *const domain = domainIn(*m_now);
        if (!isDecided(*m_now) || (domain && !isDecided(*domain)))
            return Step::Unchanged;
        if (m_isMeanwhileLost)
            return Step::Narrowed;
        return m_meanwhile ? compareRules(*m_meanwhile) : Step::Unchanged;
    }
    if (!m_meanwhile || m_isMeanwhileLost || haveSameStores(*m_meanwhile, *m_now))
        return Step::Unchanged;
    const DomainPolicy &older = *domainIn(*m_meanwhile);
    const DomainPolicy &now = *domainIn(*m_now);
    if (older.keys && now.keys)
        return Step::CompareKeys;
    if (older.passwords && now.passwords)
        return Step::CompareUsers;
    m_isMeanwhileLost = true;
    return Step::Unchanged;
}

bool Narrowing::isSettling() const
{
    const DomainPolicy *const domain = domainIn(*m_now);
    return isDecided(*m_now) && domain && domain->isSettling
           && domain->state == DomainPolicy::State::Ready;
}

qsizetype Narrowing::positions(const DomainPolicy &before, const DomainPolicy &now) const
{
    return m_step == Step::CompareKeys ? StoreChange(*before.keys, *now.keys).positions()
                                       : StoreChange(*before.passwords, *now.passwords).positions();
}

QByteArrayView Narrowing::credentialAt(qsizetype position, const DomainPolicy &before,
                                       const DomainPolicy &now) const
{
    if (m_step == Step::CompareKeys) {
        const StoreChange change(*before.keys, *now.keys);
        return change.storeOf(position).keyAt(change.positionIn(position));
    }
    const StoreChange change(*before.passwords, *now.passwords);
    return change.storeOf(position).userAt(change.positionIn(position));
}

bool Narrowing::isLost(QByteArrayView credential, const DomainPolicy &before,
                       const DomainPolicy &now) const
{
    if (m_step == Step::CompareUsers) {
        const PasswordStore &former = *before.passwords;
        const PasswordStore &current = *now.passwords;
        if (credential.isEmpty() || !former.contains(credential))
            return false; // the store does not use the entry
        const auto isChanged = [&] {
            const PasswordStore::Details then = former.detailsOf(credential);
            const PasswordStore::Details later = current.detailsOf(credential);
            return current.entryDigest(credential) != former.entryDigest(credential)
                   || later.metadata != then.metadata || isCutShort(then.notAfter, later.notAfter);
        };
        return (!current.contains(credential) || isChanged())
               && (!m_mayBeConnected || m_mayBeConnected(credential));
    }
    const auto former = before.keys->find(credential);
    if (!former)
        return false;
    const auto match = now.keys->find(credential);
    return (!match || match->userId != former->userId || match->metadata != former->metadata
            || isCutShort(former->notAfter, match->notAfter))
           && (!m_mayBeConnected || m_mayBeConnected(credential));
}

// Returns whether an entry of a domain that is being written is contained neither in the next state
// of the domain nor in that before it was written, so that it would not be compared with the final
// state.
bool Narrowing::isMissed(QByteArrayView credential, const DomainPolicy &older) const
{
    if (!isLost(credential, older, *domainIn(*m_now)))
        return false;
    const DomainPolicy *const before = domainIn(*m_before);
    const bool isComparable =
        before && (m_step == Step::CompareKeys ? bool(before->keys) : bool(before->passwords));
    return !isComparable || isLost(credential, older, *before);
}

Narrowing::Outcome Narrowing::compareEntries(const QDeadlineTimer &deadline)
{
    const DomainPolicy &older = *domainIn(m_older == Older::Before ? *m_before : *m_meanwhile);
    const DomainPolicy &now = *domainIn(*m_now);
    const bool isLater = m_older == Older::Meanwhile && isSettling();
    const qsizetype end = positions(older, now);
    for (; m_position < end; ++m_position) {
        const QByteArrayView credential = credentialAt(m_position, older, now);
        if (isLater && isMissed(credential, older)) {
            m_isMeanwhileLost = true;
            break;
        }
        if (!isLater && isLost(credential, older, now))
            return Outcome::Narrowed;
        if (m_position % KeysPerCheck == KeysPerCheck - 1 && deadline.hasExpired()) {
            ++m_position;
            return Outcome::Unfinished;
        }
    }
    return Outcome::Unchanged;
}

Narrowing::Outcome Narrowing::step(const QDeadlineTimer &deadline)
{
    for (;;) {
        if (m_step == Step::Narrowed)
            return finish(Outcome::Narrowed);
        if (m_step != Step::Unchanged) {
            const Outcome outcome = compareEntries(deadline);
            if (outcome == Outcome::Unfinished)
                return outcome;
            if (outcome == Outcome::Narrowed)
                return finish(outcome);
        }
        if (m_older == Older::Meanwhile)
            return finish(Outcome::Unchanged);
        m_older = Older::Meanwhile;
        m_step = compareMeanwhile();
        m_position = 0;
    }
}

Narrowing::Outcome Narrowing::finish(Outcome outcome)
{
    m_step = Step::Unchanged;
    m_older = Older::Before;
    const DomainPolicy *const domain = m_now ? domainIn(*m_now) : nullptr;
    if (!m_now || !isDecided(*m_now))
        return outcome;
    m_finished = m_started;
    if (!domain || isDecided(*domain)) {
        replace(&m_before, m_now);
        replace(&m_meanwhile, nullptr);
        m_isMeanwhileLost = false;
        return outcome;
    }
    if (isSettling())
        keepMeanwhile();
    auto rules = std::make_shared<Policy>(*m_now);
    rules->domains = m_before->domains;
    replace(&m_before, std::move(rules));
    return outcome;
}

void Narrowing::keepMeanwhile()
{
    replace(&m_meanwhile, haveSameStores(*m_before, *m_now) ? nullptr : m_now);
}

// The policy may be large, and this may be its last user.
void Narrowing::replace(Pointer *policy, Pointer next)
{
    Pointer former = std::exchange(*policy, std::move(next));
    if (former && former != *policy)
        WorkerPool::release(std::move(former));
}

qint64 Narrowing::nextExpiry(qint64 milliseconds) const
{
    const auto nextIn = [&](const Pointer &policy) {
        const DomainPolicy *const domain = policy ? domainIn(*policy) : nullptr;
        if (domain && domain->passwords)
            return domain->passwords->nextExpiry(milliseconds);
        return domain && domain->keys ? domain->keys->nextExpiry(milliseconds) : KeyStore::Never;
    };
    return m_decided == m_now ? nextIn(m_now) : std::min(nextIn(m_now), nextIn(m_decided));
}

} // namespace QZap::Internal
