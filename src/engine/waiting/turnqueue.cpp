// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/turnqueue.h"

#include <utility>

namespace QZap::Internal {

void TurnQueue::add(PendingRequest request)
{
    while (!m_ids.empty() && !m_pending.find(m_ids.front()))
        m_ids.pop_front(); // the request has expired
    request.reason = PendingRequest::Reason::Turn;
    const quint64 id = m_pending.nextId();
    m_ids.push_back(id);
    m_pending.add(id, std::move(request));
}

std::optional<PendingRequest> TurnQueue::take()
{
    std::optional<PendingRequest> request;
    while (!request && !m_ids.empty()) {
        request = m_pending.take(m_ids.front());
        m_ids.pop_front();
    }
    return request;
}

} // namespace QZap::Internal
