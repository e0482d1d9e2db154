// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOCKETPAIRTEST_H
#define SOCKETPAIRTEST_H

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

// Base class of tests of notifiers. Each test function gets two connected sockets, m_here and
// m_there.
class SocketPairTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init();
    void cleanup();

protected:
    static void send(zmq::socket_t &socket, const char *text);
    // Returns the next message, empty if there is none; never waits.
    static QByteArray receive(zmq::socket_t &socket);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::socket_t> m_here;
    std::unique_ptr<zmq::socket_t> m_there;
};

#endif // SOCKETPAIRTEST_H
