// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_SENDER_H
#define QZAP_ENGINE_WAITING_SENDER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The sender of a request, as pending requests are counted: a peer gains nothing from what it can
// vary at will. Two senders are the same if their texts are.
struct Sender
{
    // An IPv4 address; the /64 of an IPv6 one; a link-local address with its zone; an IPC process.
    QByteArray address;
    // What many of these addresses can belong to: the /48 of an IPv6 address, a link, an IPC user.
    // Empty for an IPv4 address.
    QByteArray group;

    // Returns the sender with an address as libzmq gives it.
    [[nodiscard]] static Sender of(QByteArrayView address);
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_SENDER_H
