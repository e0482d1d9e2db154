// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_GUARDEDSOCKET_H
#define QZAP_TRANSPORT_GUARDEDSOCKET_H

#include "base/problem.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

// What a guard needs to know of its socket.
struct GuardedSocket
{
    QByteArray domain;
    Mechanism mechanism = Mechanism::Unknown;
    // Whether individual connections of a socket of its type can be ended.
    bool canDisconnect = false;
    bool isPublisher = false; // XPUB
    bool isThreaded = false;  // several threads of libzmq may serve its connections
};

// Prepares a socket for a guard: an XPUB socket passes each subscription on, so that it is known
// who subscribes. Fails, and changes nothing, if the socket was ever bound or connected, or lets
// peers in that no authenticator has accepted.
[[nodiscard]] Result<GuardedSocket> prepareGuardedSocket(void *socket);

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_GUARDEDSOCKET_H
