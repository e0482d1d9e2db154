// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "peer.h"

Peer::Peer(zmq::context_t &context)
    : m_socket(context, ZMQ_DEALER)
    , m_monitor(std::make_unique<SocketMonitor>(m_socket, context))
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::reconnect_ivl, 50);
}

Peer &Peer::plain(const QByteArray &user, const QByteArray &password)
{
    zmq_setsockopt(m_socket.handle(), ZMQ_PLAIN_USERNAME, user.constData(),
                   static_cast<size_t>(user.size()));
    zmq_setsockopt(m_socket.handle(), ZMQ_PLAIN_PASSWORD, password.constData(),
                   static_cast<size_t>(password.size()));
    return *this;
}

Peer &Peer::curve(const QByteArray &publicKey, const QByteArray &secretKey,
                  const QByteArray &serverKey)
{
    m_socket.set(zmq::sockopt::curve_publickey, publicKey.toStdString());
    m_socket.set(zmq::sockopt::curve_secretkey, secretKey.toStdString());
    m_socket.set(zmq::sockopt::curve_serverkey, serverKey.toStdString());
    return *this;
}

Peer &Peer::connect(const QString &endpoint)
{
    m_socket.connect(endpoint.toStdString());
    return *this;
}

void Peer::close()
{
    m_monitor.reset();
    m_socket.close();
}

void Peer::send(const QByteArray &body)
{
    m_socket.send(zmq::buffer(body.constData(), static_cast<size_t>(body.size())),
                  zmq::send_flags::dontwait);
}

std::optional<QByteArray> Peer::receive()
{
    zmq::message_t message;
    if (!m_socket.recv(message, zmq::recv_flags::dontwait))
        return std::nullopt;
    return QByteArray(message.data<char>(), static_cast<qsizetype>(message.size()));
}
