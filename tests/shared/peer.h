// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PEER_H
#define PEER_H

#include "socketmonitor.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

#include <memory>
#include <optional>

// A client: a DEALER socket with a mechanism, and the events of its handshakes.
class Peer
{
public:
    explicit Peer(zmq::context_t &context);

    Peer &plain(const QByteArray &user, const QByteArray &password);
    Peer &curve(const QByteArray &publicKey, const QByteArray &secretKey,
                const QByteArray &serverKey);
    Peer &connect(const QString &endpoint);
    void close();

    void send(const QByteArray &body);
    std::optional<QByteArray> receive();

    bool isAccepted() { return m_monitor->count(ZMQ_EVENT_HANDSHAKE_SUCCEEDED) > 0; }
    // Returns 400 or 500 if the server refused; 0 otherwise.
    int refusal() { return m_monitor->refusal(); }
    // These functions return how often the connection was established and lost.
    int connections() { return m_monitor->count(ZMQ_EVENT_CONNECTED); }
    int disconnections() { return m_monitor->count(ZMQ_EVENT_DISCONNECTED); }
    zmq::socket_t &socket() { return m_socket; }

private:
    zmq::socket_t m_socket;
    std::unique_ptr<SocketMonitor> m_monitor;
};

#endif // PEER_H
