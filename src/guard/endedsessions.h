// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_GUARD_ENDEDSESSIONS_H
#define QZAP_GUARD_ENDEDSESSIONS_H

#include <QtCore/qglobal.h>
#include <QtCore/qset.h>

#include <deque>
#include <mutex>

namespace QZap::Internal {

// The numbers of sessions that have ended: the last ones, up to a limit. Thread-safe.
class EndedSessions
{
public:
    static constexpr qsizetype MaximumCount = 65536;

    // Returns whether it is new.
    bool add(quint64 number)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_numbers.contains(number))
            return false;
        m_numbers.insert(number);
        m_order.push_back(number);
        if (m_numbers.size() > MaximumCount) {
            m_numbers.remove(m_order.front());
            m_order.pop_front();
        }
        return true;
    }
    bool contains(quint64 number) const
    {
        const std::scoped_lock lock(m_mutex);
        return m_numbers.contains(number);
    }
    void clear()
    {
        const std::scoped_lock lock(m_mutex);
        m_numbers.clear();
        m_order.clear();
    }

private:
    mutable std::mutex m_mutex;
    QSet<quint64> m_numbers;
    std::deque<quint64> m_order; // the oldest first
};

} // namespace QZap::Internal

#endif // QZAP_GUARD_ENDEDSESSIONS_H
