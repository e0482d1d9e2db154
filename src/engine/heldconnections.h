// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_HELDCONNECTIONS_H
#define QZAP_ENGINE_HELDCONNECTIONS_H

#include <QtCore/qglobal.h>

#include <deque>

namespace QZap::Internal {

// Counts the connections that are held by status 300. libzmq does not report their end, so each is
// counted for the default handshake interval.
class HeldConnections
{
public:
    static constexpr qint64 HoldTime = 30000; // ms

    // Returns whether one more may be held at the given time in ms, and counts it if so.
    bool hold(qint64 now, int maximum)
    {
        while (!m_since.empty() && now - m_since.front() >= HoldTime)
            m_since.pop_front();
        if (m_since.size() >= static_cast<size_t>(maximum))
            return false;
        m_since.push_back(now);
        return true;
    }

private:
    std::deque<qint64> m_since;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_HELDCONNECTIONS_H
