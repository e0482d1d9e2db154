// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOCKETMONITOR_H
#define SOCKETMONITOR_H

#include <QtCore/qlist.h>

#include <zmq.hpp>

// The events that libzmq reports for the handshakes of one socket.
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

    // Returns all events so far; never waits.
    const QList<Event> &events();
    int count(int type);
    // Returns the status of the last refusal, 0 if there was none.
    int refusal();

private:
    zmq::socket_t &m_socket;
    zmq::socket_t m_pair;
    QList<Event> m_events;
};

#endif // SOCKETMONITOR_H
