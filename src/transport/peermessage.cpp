// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/peermessage.h"

#include <zmq.h>

namespace QZap::Internal {

QByteArrayView messageField(const zmq_msg_t *message, const char *name)
{
    return {zmq_msg_gets(message, name)};
}

QByteArrayView messageAddress(const zmq_msg_t *message)
{
    return messageField(message, "Peer-Address");
}

int messageDescriptor(const zmq_msg_t *message)
{
    return zmq_msg_get(message, ZMQ_SRCFD);
}

bool isOwnUnsubscription(const zmq_msg_t *message)
{
    // libzmq attaches the type of the socket to what comes from a connection.
    if (!messageField(message, "Socket-Type").isNull() || !messageAddress(message).isNull())
        return false;
    const auto *const body =
        static_cast<const char *>(zmq_msg_data(const_cast<zmq_msg_t *>(message)));
    return zmq_msg_size(message) > 0 && body[0] == 0;
}

} // namespace QZap::Internal
