// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/pendingrequests.h"

#include "base/eventloopwatch.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

namespace QZap::Internal {

QDeadlineTimer PendingRequest::Refusal::nextDeadline() const
{
    const auto passed = std::chrono::steady_clock::now() - start;
    const auto due = (passed / time + 1) * time;
    const QDeadlineTimer next(std::chrono::ceil<std::chrono::milliseconds>(due - passed));
    return std::min(next, decisionDeadline);
}

PendingRequests::PendingRequests(QObject *parent, Expired expired)
    : QObject(parent)
    , m_expired(std::move(expired))
    , m_timer(new SingleShotTimer(this, [this] { expire(); }))
{
    // The timer is stopped with its event loop, since it may be destroyed after Qt's threads have
    // ended.
    new EventLoopWatch(this, {[this] { armTimer(); },
                              [this](const QObject *) {
                                  if (m_timer)
                                      m_timer->stop();
                              }});
}

void PendingRequests::add(quint64 id, PendingRequest request)
{
    if (!request.isRaw())
        m_byReturnPath.insert(request.message.returnPath(), id);
    const QDeadlineTimer deadline = request.deadline;
    m_entries.emplace(id, Entry{std::move(request), std::nullopt});
    if (!deadline.isForever())
        setDeadline(id, deadline);
}

PendingRequest *PendingRequests::find(quint64 id)
{
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? nullptr : &found->second.request;
}

std::optional<PendingRequest> PendingRequests::take(quint64 id)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return std::nullopt;
    dropDeadline(&found->second);
    std::optional<PendingRequest> request(std::move(found->second.request));
    m_entries.erase(found);
    if (!request->isRaw())
        m_byReturnPath.remove(request->message.returnPath());
    // Otherwise, a timer that expires without effect is cheaper than setting it again.
    if (m_deadlines.empty() && m_timer)
        m_timer->stop();
    return request;
}

QList<quint64> PendingRequests::ids(PendingRequest::Reason reason) const
{
    QList<quint64> result;
    for (const auto &[id, entry] : m_entries) {
        if (entry.request.reason == reason)
            result.append(id);
    }
    return result;
}

QList<quint64> PendingRequests::all() const
{
    QList<quint64> result;
    for (const auto &entry : m_entries)
        result.append(entry.first);
    return result;
}

void PendingRequests::setDeadline(quint64 id, QDeadlineTimer deadline)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return;
    Entry &entry = found->second;
    dropDeadline(&entry);
    entry.request.deadline = deadline;
    if (!deadline.isForever())
        entry.deadline = m_deadlines.emplace(deadline.deadline(), id);
    armTimer();
}

void PendingRequests::dropDeadline(Entry *entry)
{
    if (entry->deadline)
        m_deadlines.erase(*std::exchange(entry->deadline, std::nullopt));
}

void PendingRequests::shutDown()
{
    delete std::exchange(m_timer, nullptr);
}

void PendingRequests::armTimer()
{
    if (!m_timer)
        return;
    if (m_deadlines.empty()) {
        m_timer->stop();
        return;
    }
    const qint64 left = m_deadlines.begin()->first - QDeadlineTimer::current().deadline();
    // The time of a refusal must be exact.
    m_timer->start(std::chrono::milliseconds(std::clamp<qint64>(left, 0, 1000000)),
                   Qt::PreciseTimer);
}

void PendingRequests::expire()
{
    const qint64 now = QDeadlineTimer::current().deadline();
    const QPointer<PendingRequests> guard(this);
    while (guard && !m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        const quint64 id = m_deadlines.begin()->second;
        dropDeadline(&m_entries.find(id)->second);
        armTimer(); // for an event loop that the function runs
        m_expired(id);
    }
    if (guard)
        armTimer();
}

} // namespace QZap::Internal
