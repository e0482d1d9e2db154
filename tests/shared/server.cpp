// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "server.h"

namespace {

QByteArray property(zmq::message_t &message, const char *name)
{
    const char *value = zmq_msg_gets(message.handle(), name);
    return value ? QByteArray(value) : QByteArray();
}

} // namespace

Server::Server(zmq::context_t &context, zmq::socket_type type)
    : m_socket(context, type)
    , m_monitor(std::make_unique<SocketMonitor>(m_socket, context))
{
    m_socket.set(zmq::sockopt::linger, 0);
}

QString Server::bind(const QString &endpoint)
{
    m_socket.bind(endpoint.toStdString());
    return QString::fromStdString(m_socket.get(zmq::sockopt::last_endpoint));
}

std::optional<Server::Message> Server::receive()
{
    zmq::message_t frame;
    if (!m_socket.recv(frame, zmq::recv_flags::dontwait))
        return std::nullopt;
    while (frame.more())
        (void)m_socket.recv(frame);
    return Message{QByteArray(frame.data<char>(), static_cast<qsizetype>(frame.size())),
                   property(frame, "User-Id"), property(frame, "Peer-Address")};
}
