// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_SOCKETOPTIONS_H
#define QZAP_TRANSPORT_SOCKETOPTIONS_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <zmq.h>

namespace QZap::Internal {

// ZMQ_ZAP_ENFORCE_DOMAIN, which zmq.h declares in the draft API only.
inline constexpr int EnforceDomainOption = 93;

// These functions return whether libzmq has accepted the value; otherwise, lastZmqError() returns
// the reason.
inline bool setOption(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

inline bool setOption(void *socket, int option, QByteArrayView value)
{
    return zmq_setsockopt(socket, option, value.data(), static_cast<size_t>(value.size())) == 0;
}

// Returns the fallback if the handle is not an open socket.
inline int intOption(void *socket, int option, int fallback)
{
    int value = fallback;
    size_t size = sizeof value;
    return zmq_getsockopt(socket, option, &value, &size) == 0 ? value : fallback;
}

// Returns the type of a socket, or -1 if the handle is not an open socket.
inline int socketType(void *socket)
{
    return socket ? intOption(socket, ZMQ_TYPE, -1) : -1;
}

// Returns whether the socket was never bound or connected. libzmq reports an endpoint that was
// unbound or disconnected like one that is in use.
inline bool isUnused(void *socket)
{
    char endpoint[1024];
    size_t size = sizeof endpoint;
    return zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 && endpoint[0] == '\0';
}

inline QString lastZmqError()
{
    return QString::fromUtf8(zmq_strerror(zmq_errno()));
}

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_SOCKETOPTIONS_H
