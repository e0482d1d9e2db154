// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_TURNQUEUE_H
#define QZAP_ENGINE_WAITING_TURNQUEUE_H

#include "engine/waiting/pendingrequests.h"

#include <deque>
#include <optional>

namespace QZap::Internal {

// The pending requests that wait for their turn, in order. They expire like all pending requests.
class TurnQueue
{
public:
    explicit TurnQueue(PendingRequests *pending)
        : m_pending(*pending)
    { }

    // Returns true only if no request waits.
    bool isEmpty() const { return m_ids.empty(); }
    void add(PendingRequest request);
    // Takes the request that has waited longest; nullopt if none waits.
    std::optional<PendingRequest> take();

private:
    PendingRequests &m_pending;
    std::deque<quint64> m_ids; // some are no longer pending
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_TURNQUEUE_H
