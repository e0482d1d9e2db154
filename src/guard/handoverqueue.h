// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_HANDOVERQUEUE_H
#define QZAP_GUARD_HANDOVERQUEUE_H

#include <QtCore/qglobal.h>

#include <deque>
#include <limits>
#include <mutex>
#include <utility>

namespace QZap::Internal {

// A queue that any thread appends to, and that one thread takes from, in order.
template <typename T>
class HandoverQueue
{
public:
    explicit HandoverQueue(size_t maximum = std::numeric_limits<size_t>::max())
        : m_maximum(maximum)
    { }
    Q_DISABLE_COPY_MOVE(HandoverQueue)

    // Can be called in any thread. Returns false if too many wait.
    bool append(T value)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_appended.size() >= m_maximum)
            return false;
        m_appended.push_back(std::move(value));
        return true;
    }

    // These are called in the thread that takes.
    bool isEmpty()
    {
        if (m_next.empty()) {
            const std::scoped_lock lock(m_mutex);
            m_next.swap(m_appended);
        }
        return m_next.empty();
    }
    // Returns whether any elements that the last isEmpty() has found are left.
    bool hasNext() const { return !m_next.empty(); }
    // hasNext() must be true.
    T &first() { return m_next.front(); }
    T takeFirst()
    {
        T result = std::move(m_next.front());
        m_next.pop_front();
        return result;
    }

private:
    const size_t m_maximum;
    std::mutex m_mutex; // protects the next member
    std::deque<T> m_appended;
    std::deque<T> m_next; // older than these
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_HANDOVERQUEUE_H
