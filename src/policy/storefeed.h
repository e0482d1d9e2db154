// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_STOREFEED_H
#define QZAP_POLICY_STOREFEED_H

#include <QtCore/qglobal.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace QZap::Internal {

struct DomainPolicy;

// Notifies of new content of a feed, in the thread that provides it, until it is closed.
class StoreListener
{
public:
    explicit StoreListener(std::function<void()> changed)
        : m_changed(std::move(changed))
    { }
    Q_DISABLE_COPY_MOVE(StoreListener)

    // Closes the listener. Waits for a running call.
    void close()
    {
        const std::scoped_lock lock(m_mutex);
        m_changed = nullptr;
    }
    void notify() const
    {
        const std::scoped_lock lock(m_mutex);
        if (m_changed)
            m_changed();
    }

private:
    mutable std::mutex m_mutex;
    std::function<void()> m_changed;
};

// Passes the contents of a domain's files from the thread that loads them to the policy, without
// involving the domain's thread. Each time a domain is configured, it gets a new feed, so that the
// contents of an earlier one never reach the policy. Thread-safe.
class StoreFeed
{
public:
    StoreFeed() = default;
    Q_DISABLE_COPY_MOVE(StoreFeed)

    // Replaces the content: the state, the store and whether it is settling. Then notifies the
    // listener.
    void put(std::shared_ptr<const DomainPolicy> content)
    {
        std::shared_ptr<const StoreListener> listener;
        {
            const std::scoped_lock lock(m_mutex);
            m_content.swap(content);
            listener = m_listener;
        }
        if (listener)
            listener->notify();
    }
    // Returns null before the first load.
    std::shared_ptr<const DomainPolicy> content() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_content;
    }
    void setListener(std::shared_ptr<const StoreListener> listener)
    {
        const std::scoped_lock lock(m_mutex);
        m_listener = std::move(listener);
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const DomainPolicy> m_content;
    std::shared_ptr<const StoreListener> m_listener;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_STOREFEED_H
