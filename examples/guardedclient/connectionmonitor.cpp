// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connectionmonitor.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>
#include <QtCore/qpointer.h>

#include <cstring>
#include <string>

ConnectionMonitor::ConnectionMonitor(zmq::context_t &context, zmq::socket_t &socket,
                                     QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_events(context, zmq::socket_type::pair)
{
    const std::string endpoint =
        "inproc://monitor-" + std::to_string(reinterpret_cast<quintptr>(this));
    if (zmq_socket_monitor(m_socket.handle(), endpoint.c_str(), ZMQ_EVENT_ALL) != 0)
        throw zmq::error_t();
    m_events.set(zmq::sockopt::linger, 0);
    m_events.connect(endpoint);
    m_notifier = std::make_unique<QZapSocketNotifier>(m_events);
    connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &ConnectionMonitor::readAll);
}

ConnectionMonitor::~ConnectionMonitor()
{
    zmq_socket_monitor(m_socket.handle(), nullptr, 0);
    m_notifier.reset(); // before its socket
}

// Exceptions must not leave a slot, and slots of the signals may delete this monitor.
void ConnectionMonitor::readAll()
{
    const QPointer<ConnectionMonitor> guard(this);
    try {
        zmq::message_t frame;
        while (guard && m_events.recv(frame, zmq::recv_flags::dontwait)) {
            // See zmq_socket_monitor(3): 16 bits of event, 32 bits of value; then a frame with the
            // address.
            quint16 event = 0;
            quint32 value = 0;
            if (frame.size() == sizeof event + sizeof value) {
                std::memcpy(&event, frame.data(), sizeof event);
                std::memcpy(&value, frame.data<char>() + sizeof event, sizeof value);
            }
            while (frame.more()) {
                if (!m_events.recv(frame))
                    return;
            }
            report(event, static_cast<int>(value));
        }
    } catch (const zmq::error_t &error) {
        qWarning("The connection is no longer watched: %s", error.what());
    }
}

void ConnectionMonitor::report(int event, int value)
{
    switch (event) {
    case ZMQ_EVENT_CONNECTED:
        Q_EMIT connected();
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        Q_EMIT accepted();
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        Q_EMIT refused(value);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        Q_EMIT mismatched();
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        Q_EMIT closedEarly();
        break;
    default:
        break;
    }
}
