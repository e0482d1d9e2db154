// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_POLICYPUBLISHER_H
#define QZAP_POLICY_POLICYPUBLISHER_H

#include "policy/policy.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace QZap::Internal {

// A policy, and what a comparison with the policy of an earlier snapshot would miss.
struct PolicySnapshot
{
    std::shared_ptr<const Policy> policy;
    quint64 version = 0;
    quint64 ruleChanges = 0; // the number of changes of rules until now
    quint64 usedVersion = 0; // the last version before the last of these that let a peer in
};

// Passes the policy from the configuration to the engine, in any threads, and updates it from the
// feeds of its domains.
class PolicyPublisher
{
public:
    void publish(std::shared_ptr<const Policy> policy)
    {
        const std::scoped_lock lock(m_mutex);
        policy = upToDate(policy);
        replace(&policy);
    }

    // Call this when a feed has new content.
    void refresh()
    {
        const std::scoped_lock lock(m_mutex);
        std::shared_ptr<const Policy> policy = upToDate(m_policy);
        if (policy != m_policy)
            replace(&policy);
    }

    // The policy is unchanged, and something else has changed that its readers go by: counts as
    // another version.
    void touch() { ++m_version; }

    quint64 version() const { return m_version; }
    std::shared_ptr<const Policy> current() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_policy;
    }

    // Call this before a peer is let in by a version. If the version is still the current one then,
    // snapshots of later versions tell.
    void use(quint64 version)
    {
        quint64 last = m_used;
        while (last < version && !m_used.compare_exchange_weak(last, version)) { }
    }
    PolicySnapshot snapshot() const
    {
        const std::scoped_lock lock(m_mutex);
        return {m_policy, m_version, m_ruleChanges, m_usedBefore};
    }

private:
    friend class PolicyReader;

    // Takes the policy; the former one is destroyed by the caller.
    void replace(std::shared_ptr<const Policy> *policy)
    {
        const bool areRulesChanged = !haveSameRules(*m_policy, **policy);
        m_policy.swap(*policy);
        ++m_version;
        if (areRulesChanged) {
            ++m_ruleChanges;
            m_usedBefore = m_used;
        }
    }

    static bool haveSameRules(const Policy &a, const Policy &b)
    {
        return a.domains == b.domains && a.addresses == b.addresses
               && a.addressMode == b.addressMode && a.providers == b.providers
               && a.reportOnly == b.reportOnly;
    }

    static std::shared_ptr<const Policy> upToDate(const std::shared_ptr<const Policy> &policy)
    {
        auto domains = std::make_shared<DomainTable>(*policy->domains);
        if (!domains->update())
            return policy;
        auto result = std::make_shared<Policy>(*policy);
        result->domains = std::move(domains);
        return result;
    }

    mutable std::mutex m_mutex;
    std::shared_ptr<const Policy> m_policy = std::make_shared<Policy>();
    quint64 m_ruleChanges = 0;
    quint64 m_usedBefore = 0;
    // Both are in one order with the records of accepted peers: see SessionCore::admit().
    std::atomic<quint64> m_version{1};
    std::atomic<quint64> m_used{0};
};

// A reader's own reference to the policy: while the policy does not change, reading takes no lock
// and changes no reference count.
class PolicyReader
{
public:
    explicit PolicyReader(const PolicyPublisher &publisher)
        : m_publisher(publisher)
    { }

    // Returns the current policy. The reference is valid until the next call.
    const Policy &get()
    {
        if (!isCurrent()) {
            const std::scoped_lock lock(m_publisher.m_mutex);
            m_policy = m_publisher.m_policy;
            m_version = m_publisher.m_version.load(std::memory_order_relaxed);
        }
        return *m_policy;
    }

    // Returns the last result of get(), which remains valid.
    const Policy &held() const { return *m_policy; }
    // These functions return the version of the last result of get(), and whether it is current.
    quint64 version() const { return m_version; }
    bool isCurrent() const
    {
        return m_publisher.m_version.load(std::memory_order_acquire) == m_version;
    }

private:
    const PolicyPublisher &m_publisher;
    std::shared_ptr<const Policy> m_policy;
    quint64 m_version = 0;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_POLICYPUBLISHER_H
