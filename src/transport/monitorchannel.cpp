// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/monitorchannel.h"

#include "base/systemreserve.h"
#include "transport/monitordrain.h"
#include "transport/monitorreader.h"
#include "transport/socketcontext.h"
#include "transport/socketoptions.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qthread.h>

#include <zmq.h>

#include <atomic>
#include <mutex>
#include <utility>

namespace QZap::Internal {

namespace {

constexpr int ServerEvents = ZMQ_EVENT_LISTENING | ZMQ_EVENT_CLOSED | ZMQ_EVENT_ACCEPTED
                             | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED;

// The open channels of all threads, by socket.
std::mutex channelsMutex;
QHash<const void *, MonitorChannel *> &channels()
{
    static auto *const table = new QHash<const void *, MonitorChannel *>;
    return *table; // never destroyed: monitors may be static objects
}

} // namespace

MonitorChannel::MonitorChannel(const QObject *owner, std::function<void()> wake)
    : m_owner(owner)
    , m_wake(std::move(wake))
{ }

MonitorChannel::~MonitorChannel()
{
    close();
}

Problem MonitorChannel::open(void *socket, Events events)
{
    if (socketType(socket) < 0)
        return QStringLiteral("the socket is not open");
    const Result<void *> context = contextOf(socket);
    if (!context)
        return context.problem();
    const std::scoped_lock lock(channelsMutex);
    MonitorChannel *const other = channels().value(socket);
    if (other && other->isActiveHere()) {
        return QStringLiteral("the socket already has a monitor, which this one would replace: use "
                              "one monitor per socket");
    }
    return start(socket, *context, events == Events::All ? ZMQ_EVENT_ALL : ServerEvents);
}

MonitorChannel::Kind MonitorChannel::kindOf(const MonitorEvent &event)
{
    switch (event.type) {
    case ZMQ_EVENT_LISTENING:
        return Kind::Listening;
    case ZMQ_EVENT_CLOSED:
        return Kind::Closed;
    case ZMQ_EVENT_ACCEPTED:
        return Kind::Accepted;
    case ZMQ_EVENT_DISCONNECTED:
        return Kind::Disconnected;
    case ZMQ_EVENT_MONITOR_STOPPED:
        return Kind::Stopped;
    default:
        return Kind::Other;
    }
}

Problem MonitorChannel::start(void *socket, void *context, int events)
{
    static std::atomic<quint64> number = 0;
    const QByteArray endpoint = "inproc://qzap-monitor-" + QByteArray::number(++number);
    if (Problem problem = systemReserveProblem(2, 0)) // a mailbox at each end
        return problem;
    if (Problem problem = MonitorDrain::instance().start()) // for close()
        return problem;
    void *const reader = zmq_socket(context, ZMQ_PAIR);
    if (!reader)
        return lastZmqError();
    // There is no limit: libzmq would block all sockets of the context while events are not read.
    // For the same reason, the reader is connected before the monitor is started.
    if (setOption(reader, ZMQ_RCVHWM, 0) && setOption(reader, ZMQ_LINGER, 0)
        && zmq_connect(reader, endpoint.constData()) == 0
        && zmq_socket_monitor(socket, endpoint.constData(), events) == 0) {
        m_reader = reader;
        m_socket = socket;
        channels().insert(socket, this);
        return {};
    }
    const QString text = lastZmqError();
    zmq_close(reader);
    return text;
}

void MonitorChannel::close()
{
    if (!m_reader)
        return;
    m_ahead.clear();
    while (m_socket && read())
        continue;
    void *const reader = std::exchange(m_reader, nullptr);
    if (!m_socket) {
        zmq_close(reader);
        return;
    }
    {
        const std::scoped_lock lock(channelsMutex);
        forget();
    }
    MonitorDrain::instance().add(reader);
}

std::optional<MonitorEvent> MonitorChannel::receive()
{
    if (!m_ahead.empty()) {
        const MonitorEvent event = m_ahead.front();
        m_ahead.pop_front();
        return event;
    }
    return read();
}

std::optional<MonitorEvent> MonitorChannel::read()
{
    if (!m_reader)
        return std::nullopt;
    const MonitorReading reading = readMonitor(m_reader);
    if (reading.isStopped && m_socket) {
        const std::scoped_lock lock(channelsMutex);
        forget();
    }
    return reading.event;
}

bool MonitorChannel::isActiveHere()
{
    if (m_owner->thread() != QThread::currentThread())
        return false;
    MonitorReading reading;
    do {
        reading = readMonitor(m_reader);
        if (reading.event)
            m_ahead.push_back(*reading.event);
    } while (reading.event && !reading.isStopped);
    if (reading.isStopped)
        forget();
    if (!m_ahead.empty())
        m_wake();
    return !reading.isStopped;
}

// The caller must have locked the table of channels.
void MonitorChannel::forget()
{
    if (channels().value(m_socket) == this)
        channels().remove(m_socket);
    m_socket = nullptr;
}

} // namespace QZap::Internal
