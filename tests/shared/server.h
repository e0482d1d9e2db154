// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SERVER_H
#define SERVER_H

#include "socketmonitor.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

#include <memory>
#include <optional>

// A server socket, which must be secured before it is bound, and the events of its handshakes.
class Server
{
public:
    struct Message
    {
        QByteArray body;
        QByteArray userId; // null if the message has none
        QByteArray peerAddress;
    };

    explicit Server(zmq::context_t &context, zmq::socket_type type = zmq::socket_type::router);

    zmq::socket_t &socket() { return m_socket; }
    // Binds, and returns the endpoint to connect to.
    QString bind(const QString &endpoint = QStringLiteral("tcp://127.0.0.1:*"));
    std::optional<Message> receive();

    SocketMonitor &monitor() { return *m_monitor; }
    int accepted() { return m_monitor->count(ZMQ_EVENT_HANDSHAKE_SUCCEEDED); }

private:
    zmq::socket_t m_socket;
    std::unique_ptr<SocketMonitor> m_monitor;
};

#endif // SERVER_H
