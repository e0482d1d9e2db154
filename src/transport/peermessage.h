// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_PEERMESSAGE_H
#define QZAP_TRANSPORT_PEERMESSAGE_H

#include <QtCore/qbytearrayview.h>

struct zmq_msg_t;

namespace QZap::Internal {

// What libzmq has attached to a message that a socket has received. The message must be
// initialized; views are valid as long as it.

// Returns the value of a field of the ZAP reply, of the peer's claims, or of libzmq itself; null if
// there is none.
[[nodiscard]] QByteArrayView messageField(const zmq_msg_t *message, const char *name);
// Returns the address of the peer, as ZAP requests have it; null if it is not known.
[[nodiscard]] QByteArrayView messageAddress(const zmq_msg_t *message);
// Returns the descriptor of the connection at the time of arrival; -1 if there is none.
[[nodiscard]] int messageDescriptor(const zmq_msg_t *message);

// Returns whether an XPUB socket has made the message itself: it does so when the last subscriber
// of a topic has disconnected.
[[nodiscard]] bool isOwnUnsubscription(const zmq_msg_t *message);

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_PEERMESSAGE_H
