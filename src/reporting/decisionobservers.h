// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DECISIONOBSERVERS_H
#define QZAP_REPORTING_DECISIONOBSERVERS_H

#include "reporting/decisionrecords.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace QZap::Internal {

// Receives the decisions of an engine.
class DecisionObserver
{
public:
    DecisionObserver() = default;
    virtual ~DecisionObserver() = default;
    Q_DISABLE_COPY_MOVE(DecisionObserver)

    // Called in the engine's thread, after the replies have been sent. Must neither block nor throw
    // an exception.
    virtual void observe(const DecisionRecords &records) = 0;
};

// The observers of an authenticator, independent of its event loop. Thread-safe; may outlive the
// authenticator.
class DecisionObservers
{
public:
    using Pointer = std::shared_ptr<DecisionObserver>;

    bool areAttached() const { return m_areAttached.load(std::memory_order_relaxed); }

    void add(Pointer observer)
    {
        const std::scoped_lock lock(m_mutex);
        m_observers.push_back(std::move(observer));
        m_areAttached.store(true, std::memory_order_relaxed);
    }
    // Waits for a running call of the observer.
    void remove(const Pointer &observer)
    {
        const std::scoped_lock lock(m_mutex);
        m_observers.erase(std::remove(m_observers.begin(), m_observers.end(), observer),
                          m_observers.end());
        m_areAttached.store(!m_observers.empty(), std::memory_order_relaxed);
    }
    void notify(const DecisionRecords &records) const
    {
        const std::scoped_lock lock(m_mutex);
        for (const Pointer &observer : m_observers)
            observer->observe(records);
    }

private:
    std::atomic<bool> m_areAttached{false};
    mutable std::mutex m_mutex;
    std::vector<Pointer> m_observers;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DECISIONOBSERVERS_H
