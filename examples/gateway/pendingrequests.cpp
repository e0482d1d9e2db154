// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "pendingrequests.h"

#include <utility>

quint64 PendingRequests::add(Request request)
{
    const quint64 number = ++m_lastNumber;
    m_sessions[request.session.number()].insert(number);
    m_requests.emplace(number, std::move(request));
    return number;
}

std::optional<PendingRequests::Request> PendingRequests::take(quint64 number)
{
    const auto found = m_requests.find(number);
    if (found == m_requests.end())
        return std::nullopt;
    Request request = std::move(found->second);
    m_requests.erase(found);
    const auto numbers = m_sessions.find(request.session.number());
    numbers->erase(number);
    if (numbers->empty())
        m_sessions.erase(numbers);
    return request;
}

int PendingRequests::removeSession(const QZapSession &session)
{
    const std::set<quint64> numbers = m_sessions.take(session.number());
    for (const quint64 number : numbers)
        m_requests.erase(number);
    return static_cast<int>(numbers.size());
}

int PendingRequests::removeExpired(Clock::time_point now)
{
    int removed = 0;
    while (!m_requests.empty() && m_requests.begin()->second.deadline <= now) {
        (void)take(m_requests.begin()->first);
        ++removed;
    }
    return removed;
}

int PendingRequests::countOf(const QZapSession &session) const
{
    const auto found = m_sessions.constFind(session.number());
    return found == m_sessions.constEnd() ? 0 : static_cast<int>(found->size());
}
