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

} // namespace QZap::Internal
