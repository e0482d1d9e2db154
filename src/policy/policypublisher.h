// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_POLICYPUBLISHER_H
#define QZAP_POLICY_POLICYPUBLISHER_H

#include "policy/policy.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace QZap::Internal {

// Passes the policy from the configuration to the engine, in any threads, and updates it from the
// feeds of its domains.
class PolicyPublisher
{
public:
    void publish(std::shared_ptr<const Policy> policy)
    {
        const std::scoped_lock lock(m_mutex);
        policy = upToDate(policy);
        m_policy.swap(policy);
        m_version.fetch_add(1, std::memory_order_release);
    }

    // Call this when a feed has new content.
    void refresh()
    {
        const std::scoped_lock lock(m_mutex);
        std::shared_ptr<const Policy> policy = upToDate(m_policy);
        if (policy == m_policy)
            return;
        m_policy.swap(policy);
        m_version.fetch_add(1, std::memory_order_release);
    }

    // The policy is unchanged, and something else has changed that its readers go by: counts as
    // another version.
    void touch() { m_version.fetch_add(1, std::memory_order_release); }

    quint64 version() const { return m_version.load(std::memory_order_acquire); }
    std::shared_ptr<const Policy> current() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_policy;
    }

private:
    friend class PolicyReader;

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
    std::atomic<quint64> m_version{1};
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
