// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessioncore.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace QZap::Internal {

namespace {

quint64 nextId()
{
    static std::atomic<quint64> last{0};
    return ++last;
}

} // namespace

SessionCore::SessionCore()
    : m_id(nextId())
{ }

void SessionCore::publish(std::shared_ptr<const Policy> policy)
{
    m_policies.publish(std::move(policy));
    notifyGuards();
}

void SessionCore::refresh()
{
    m_policies.refresh();
    notifyGuards();
}

void SessionCore::revoke(QByteArrayView userId)
{
    const bool isForAll = m_revocations.revoke(userId, m_numbers.last());
    revoked([&](const GuardLink &guard) {
        return isForAll || guard.mayHaveAccepted(m_accepted, userId);
    });
}

void SessionCore::revokeAll()
{
    m_revocations.revokeAll(m_numbers.last());
    revoked([](const GuardLink & /*guard*/) { return true; });
}

void SessionCore::close()
{
    m_isOpen.store(false, std::memory_order_release);
    m_policies.touch();
    notifyGuards();
}

// A change either comes before these comparisons, and is noticed here, or after them, and then its
// guards find the records: all of this is sequentially consistent.
Admittance SessionCore::admit(const Admission &admission)
{
    m_accepted.add(admission.place, admission.credential, admission.userId, admission.number);
    m_policies.use(admission.policyVersion);
    if (m_revocations.isRevoked(admission.userId, admission.number))
        return Admittance::Revoked;
    return admission.policyVersion == m_policies.version() ? Admittance::Granted
                                                           : Admittance::Outdated;
}

void SessionCore::addGuard(const std::shared_ptr<GuardLink> &guard)
{
    m_accepted.enable();
    {
        const std::scoped_lock lock(m_guardsMutex);
        m_guards.push_back(guard);
    }
    m_numbers.addGuard();
}

void SessionCore::removeGuard(const std::shared_ptr<GuardLink> &guard)
{
    m_numbers.removeGuard();
    const std::scoped_lock lock(m_guardsMutex);
    m_guards.erase(std::remove(m_guards.begin(), m_guards.end(), guard), m_guards.end());
    m_formerCounts.addTotals(guard->counts());
    guard->restartCounts();
}

GuardCounts SessionCore::guardCounts() const
{
    const std::scoped_lock lock(m_guardsMutex);
    GuardCounts result = m_formerCounts;
    for (const auto &guard : m_guards)
        result.add(guard->counts());
    return result;
}

void SessionCore::revoked(const IsConcerned &isConcerned)
{
    quint64 oldest = std::numeric_limits<quint64>::max();
    {
        const std::scoped_lock lock(m_guardsMutex);
        for (const auto &guard : m_guards) {
            oldest = std::min(oldest, guard->oldestSession());
            if (isConcerned(*guard))
                guard->markRevoked();
        }
    }
    m_revocations.prune(std::min(oldest, m_numbers.last()));
    ++m_revocationCount;
    // Those who compare versions look at the revocations again.
    m_policies.touch();
    notifyGuards();
}

// Calls the guards without the lock, since a guard may be removed meanwhile.
void SessionCore::notifyGuards()
{
    if (!m_numbers.areUsed())
        return;
    std::vector<std::shared_ptr<GuardLink>> guards;
    {
        const std::scoped_lock lock(m_guardsMutex);
        guards = m_guards;
    }
    for (const auto &guard : guards)
        guard->notify();
}

} // namespace QZap::Internal
