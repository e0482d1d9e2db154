// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCLIENT_H
#define ZAPCLIENT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <zmq.hpp>

#include <optional>

// The asking end of ZAP, in raw frames: what libzmq does for each connection, and what it never
// would.
class ZapClient
{
public:
    // Holds so many unread replies, in addition to the handler's own mark; 0: any number.
    explicit ZapClient(zmq::context_t &context, int receiveMark = 0);

    // A well-formed request, from its version frame on.
    static QByteArrayList request(const QByteArray &mechanism,
                                  const QByteArrayList &credentials = {},
                                  const QByteArray &domain = "test",
                                  const QByteArray &address = "127.0.0.1",
                                  const QByteArray &requestId = "1");

    // Ends the connection. The handler sees it before anything that is sent afterwards.
    void disconnect() { m_socket.disconnect("inproc://zeromq.zap.01"); }

    // Behind an empty delimiter, as libzmq sends it.
    void send(const QByteArrayList &request);
    void sendRaw(const QByteArrayList &frames);
    // The reply from its version frame on; nothing while there is none. Never waits.
    std::optional<QByteArrayList> receive();
    std::optional<QByteArrayList> receiveRaw();
    // The same, while the event loop runs; empty where none comes in time.
    QByteArrayList waitForReply();
    QByteArrayList waitForRawReply();

private:
    zmq::socket_t m_socket;
};

#endif // ZAPCLIENT_H
