// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCLIENT_H
#define ZAPCLIENT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <zmq.hpp>

#include <optional>

// The requesting end of ZAP, in raw frames. It can send the requests that libzmq sends for each
// connection, and others that libzmq never sends.
class ZapClient
{
public:
    // `receiveMark` is the maximum number of unread replies, in addition to the handler's own mark;
    // 0: unlimited.
    explicit ZapClient(zmq::context_t &context, int receiveMark = 0);

    // Returns a well-formed request, from its version frame on.
    static QByteArrayList request(const QByteArray &mechanism,
                                  const QByteArrayList &credentials = {},
                                  const QByteArray &domain = "test",
                                  const QByteArray &address = "127.0.0.1",
                                  const QByteArray &requestId = "1");

    // Ends the connection. The handler notices this before it receives later messages.
    void disconnect() { m_socket.disconnect("inproc://zeromq.zap.01"); }

    // Sends the request after an empty delimiter, like libzmq.
    void send(const QByteArrayList &request);
    void sendRaw(const QByteArrayList &frames);
    // Returns the reply from its version frame on, or nullopt. Never waits.
    std::optional<QByteArrayList> receive();
    std::optional<QByteArrayList> receiveRaw();
    // Like receive(), but runs the event loop until there is a reply; empty if there is none in
    // time.
    QByteArrayList waitForReply();
    QByteArrayList waitForRawReply();
    // Like waitForReply(), but without an event loop: only another thread can answer.
    QByteArrayList waitWithoutEventLoop();

private:
    zmq::socket_t m_socket;
};

#endif // ZAPCLIENT_H
