// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOCKETMONITOR_H
#define SOCKETMONITOR_H

#include <QtCore/qlist.h>

#include <zmq.hpp>

// What libzmq reports of the handshakes on one socket.
class SocketMonitor
{
public:
    struct Event
    {
        int type;
        int value;
    };

    explicit SocketMonitor(zmq::socket_t &socket, zmq::context_t &context);
    ~SocketMonitor();
    SocketMonitor(const SocketMonitor &) = delete;
    SocketMonitor &operator=(const SocketMonitor &) = delete;

    // All events so far; never waits.
    const QList<Event> &events();
    int count(int type);
    // The status of the last refusal that was seen, 0 if none.
    int refusal();

private:
    zmq::socket_t &m_socket;
    zmq::socket_t m_pair;
    QList<Event> m_events;
};

#endif // SOCKETMONITOR_H
