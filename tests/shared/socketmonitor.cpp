// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "socketmonitor.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>

SocketMonitor::SocketMonitor(zmq::socket_t &socket, zmq::context_t &context)
    : m_socket(socket)
    , m_pair(context, ZMQ_PAIR)
{
    static std::atomic<int> number{0};
    const std::string endpoint = "inproc://monitor-" + std::to_string(++number);
    zmq_socket_monitor(socket.handle(), endpoint.c_str(), ZMQ_EVENT_ALL);
    m_pair.set(zmq::sockopt::linger, 0);
    m_pair.connect(endpoint);
}

SocketMonitor::~SocketMonitor()
{
    if (m_socket.handle())
        zmq_socket_monitor(m_socket.handle(), nullptr, 0);
}

const QList<SocketMonitor::Event> &SocketMonitor::events()
{
    zmq::message_t frame;
    while (m_pair.recv(frame, zmq::recv_flags::dontwait)) {
        Event event = {};
        quint16 type = 0;
        quint32 value = 0;
        std::memcpy(&type, frame.data(), sizeof type);
        std::memcpy(&value, static_cast<const char *>(frame.data()) + sizeof type, sizeof value);
        event.type = type;
        event.value = static_cast<int>(value);
        m_events.append(event);
        while (frame.more())
            (void)m_pair.recv(frame);
    }
    return m_events;
}

int SocketMonitor::count(int type)
{
    const QList<Event> &all = events();
    return static_cast<int>(
        std::count_if(all.begin(), all.end(), [type](const Event &e) { return e.type == type; }));
}

int SocketMonitor::refusal()
{
    int status = 0;
    for (const Event &event : events()) {
        if (event.type == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            status = event.value;
    }
    return status;
}
