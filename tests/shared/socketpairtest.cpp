// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "socketpairtest.h"

#include <QtTest/qtest.h>

#include <cstring>

void SocketPairTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_here = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::pair);
    m_there = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::pair);
    for (zmq::socket_t *socket : {m_here.get(), m_there.get()})
        socket->set(zmq::sockopt::linger, 0);
    m_here->bind("inproc://pair");
    m_there->connect("inproc://pair");
}

void SocketPairTest::cleanup()
{
    m_here.reset();
    m_there.reset();
    m_context.reset();
}

void SocketPairTest::send(zmq::socket_t &socket, const char *text)
{
    socket.send(zmq::buffer(text, std::strlen(text)), zmq::send_flags::dontwait);
}

QByteArray SocketPairTest::receive(zmq::socket_t &socket)
{
    zmq::message_t message;
    if (!socket.recv(message, zmq::recv_flags::dontwait))
        return {};
    return {message.data<char>(), static_cast<qsizetype>(message.size())};
}
