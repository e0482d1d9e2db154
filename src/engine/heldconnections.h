// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_HELDCONNECTIONS_H
#define QZAP_ENGINE_HELDCONNECTIONS_H

#include <QtCore/qglobal.h>

#include <algorithm>
#include <deque>
#include <mutex>

namespace QZap::Internal {

// Counts the connections that are held by status 300. libzmq does not report their end, so each is
// counted for the default handshake interval. Thread-safe.
class HeldConnections
{
public:
    static constexpr qint64 HoldTime = 30000; // ms

    // Returns whether one more may be held at the given time in ms, and counts it if so.
    bool hold(qint64 now, int maximum)
    {
        const std::scoped_lock lock(m_mutex);
        while (!m_since.empty() && now - m_since.front() >= HoldTime)
            m_since.pop_front();
        if (m_since.size() >= static_cast<size_t>(maximum))
            return false;
        m_since.push_back(now);
        return true;
    }

    // Returns the number of connections that are held at the given time in ms.
    qint64 count(qint64 now) const
    {
        const std::scoped_lock lock(m_mutex);
        return std::count_if(m_since.begin(), m_since.end(),
                             [now](qint64 since) { return now - since < HoldTime; });
    }

private:
    mutable std::mutex m_mutex;
    std::deque<qint64> m_since;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_HELDCONNECTIONS_H
