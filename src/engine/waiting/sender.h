// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_SENDER_H
#define QZAP_ENGINE_WAITING_SENDER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The sender by which pending requests are counted. It contains nothing that a peer can vary at
// will. Two senders are equal if their texts are.
struct Sender
{
    // An IPv4 address; the /64 network of an IPv6 address; a link-local address with its zone; an
    // IPC process.
    QByteArray address;
    // The group of addresses that one party may control: the /48 network of an IPv6 address, a
    // link, an IPC user. Empty for an IPv4 address.
    QByteArray group;

    // Returns the sender for an address in libzmq's format.
    [[nodiscard]] static Sender of(QByteArrayView address);
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_SENDER_H
