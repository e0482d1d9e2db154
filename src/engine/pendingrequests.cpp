// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/pendingrequests.h"

#include "base/eventloopwatch.h"
#include "base/weakinvoker.h"
#include "policy/addressrules.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

namespace QZap::Internal {

PendingRequests::PendingRequests(QObject *parent, Expired expired)
    : QObject(parent)
    , m_expired(std::move(expired))
    , m_timer(new QTimer(this))
{
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, [this] { expire(); });
    // Stopped with its event loop: it may be destroyed when there is no thread of Qt any more.
    new EventLoopWatch(this, {[this] { armTimer(); },
                              [this](const QObject *) {
                                  if (m_timer)
                                      m_timer->stop();
                              }});
}

QByteArray PendingRequests::countedAddress(QByteArrayView address)
{
    constexpr qsizetype NetworkBytes = 8; // a /64
    const auto peer = PeerAddress::fromBytes(address);
    if (!peer || peer->ipc || peer->isIpv4())
        return address.toByteArray();
    return QByteArray(reinterpret_cast<const char *>(peer->ip.data()), NetworkBytes);
}

void PendingRequests::add(quint64 id, PendingRequest request)
{
    ++m_byAddress[request.address];
    if (!request.isRaw())
        m_byReturnPath.insert(request.message.returnPath(), id);
    const QDeadlineTimer deadline = request.deadline;
    m_requests.emplace(id, std::move(request));
    if (!deadline.isForever())
        setDeadline(id, deadline);
}

PendingRequest *PendingRequests::find(quint64 id)
{
    const auto found = m_requests.find(id);
    return found == m_requests.end() ? nullptr : &found->second;
}

std::optional<PendingRequest> PendingRequests::take(quint64 id)
{
    const auto found = m_requests.find(id);
    if (found == m_requests.end())
        return std::nullopt;
    std::optional<PendingRequest> request(std::move(found->second));
    m_requests.erase(found);
    if (!request->isRaw())
        m_byReturnPath.remove(request->message.returnPath());
    const auto count = m_byAddress.find(request->address);
    if (--*count == 0)
        m_byAddress.erase(count);
    // The deadlines of those that were answered in time are passed over, but wake nobody up.
    if (m_requests.empty()) {
        m_deadlines.clear();
        if (m_timer)
            m_timer->stop();
    }
    return request;
}

QList<quint64> PendingRequests::ids(PendingRequest::Reason reason) const
{
    QList<quint64> result;
    for (const auto &[id, request] : m_requests) {
        if (request.reason == reason)
            result.append(id);
    }
    return result;
}

QList<quint64> PendingRequests::all() const
{
    QList<quint64> result;
    for (const auto &entry : m_requests)
        result.append(entry.first);
    return result;
}

void PendingRequests::setDeadline(quint64 id, QDeadlineTimer deadline)
{
    const auto found = m_requests.find(id);
    if (found == m_requests.end())
        return;
    found->second.deadline = deadline;
    m_deadlines.emplace(deadline.deadline(), id);
    armTimer();
}

// A timer that moves while it runs is registered in its new thread later on, even if it was stopped
// or deleted by then.
bool PendingRequests::event(QEvent *event)
{
    if (event->type() == QEvent::ThreadChange && m_timer) {
        m_timer->stop();
        callLater(this, [this] { armTimer(); });
    }
    return QObject::event(event);
}

void PendingRequests::shutDown()
{
    delete std::exchange(m_timer, nullptr);
}

void PendingRequests::armTimer()
{
    if (!m_timer)
        return;
    // Those that were answered in time need nobody to wake up for them.
    while (!m_deadlines.empty()
           && m_requests.find(m_deadlines.begin()->second) == m_requests.end()) {
        m_deadlines.erase(m_deadlines.begin());
    }
    if (m_deadlines.empty()) {
        m_timer->stop();
        return;
    }
    const qint64 left = m_deadlines.begin()->first - QDeadlineTimer::current().deadline();
    m_timer->start(static_cast<int>(std::clamp<qint64>(left, 0, 1000000)));
}

void PendingRequests::expire()
{
    const qint64 now = QDeadlineTimer::current().deadline();
    QList<quint64> due;
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        due.append(m_deadlines.begin()->second);
        m_deadlines.erase(m_deadlines.begin());
    }
    armTimer();
    const QPointer<PendingRequests> guard(this);
    for (const quint64 id : std::as_const(due)) {
        if (!guard)
            return;
        // In whole milliseconds, as it was noted: a deadline that is reached later within this one
        // would be passed over for good. One that was put off has another note.
        if (const PendingRequest *request = find(id);
            request && request->deadline.deadline() <= now)
            m_expired(id);
    }
}

} // namespace QZap::Internal
