// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_HELDCONNECTIONS_H
#define QZAP_ENGINE_HELDCONNECTIONS_H

#include <QtCore/qglobal.h>

#include <deque>

namespace QZap::Internal {

// How many connections a status 300 keeps open. libzmq does not say when one of them ends, so each
// is counted for as long as its default handshake interval may last.
class HeldConnections
{
public:
    static constexpr qint64 HoldTime = 30000; // ms

    // Whether one more may be held, given the time in ms; if so, it is counted.
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
