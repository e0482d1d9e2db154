// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/guardedsocket.h"

#include "base/text.h"
#include "transport/connectioncutter.h"
#include "transport/socketcontext.h"
#include "transport/socketoptions.h"

#include <zmq.h>

namespace QZap::Internal {

namespace {

QByteArray domainOf(void *socket)
{
    char domain[MaximumTextSize + 1];
    size_t size = sizeof domain;
    return zmq_getsockopt(socket, ZMQ_ZAP_DOMAIN, domain, &size) == 0 ? QByteArray(domain)
                                                                      : QByteArray();
}

Mechanism mechanismOf(void *socket)
{
    switch (intOption(socket, ZMQ_MECHANISM, -1)) {
    case ZMQ_NULL:
        return Mechanism::Null;
    case ZMQ_PLAIN:
        return Mechanism::Plain;
    case ZMQ_CURVE:
        return Mechanism::Curve;
    case ZMQ_GSSAPI:
        return Mechanism::Gssapi;
    default:
        return Mechanism::Unknown;
    }
}

// Returns whether the connections of a socket can be ended. Sockets of other types do not report
// from which connection a message comes, or have no connections of authenticated peers.
bool isCuttable(int type)
{
    switch (type) {
    case ZMQ_ROUTER:
    case ZMQ_PULL:
    case ZMQ_REP:
    case ZMQ_PAIR:
    case ZMQ_XPUB:
    case ZMQ_PUSH:
    case ZMQ_PUB:
        return true;
    default:
        return false;
    }
}

} // namespace

Result<GuardedSocket> prepareGuardedSocket(void *socket)
{
    const int type = socketType(socket);
    if (type < 0)
        return Problem(QStringLiteral("the socket is not open"));
    if (!isUnused(socket)) {
        return Problem(
            QStringLiteral("the socket is bound or connected, or was: set it before that"));
    }
    GuardedSocket result;
    result.domain = domainOf(socket);
    result.mechanism = mechanismOf(socket);
    if (result.domain.isEmpty() || intOption(socket, EnforceDomainOption, 0) == 0) {
        return Problem(QStringLiteral("the socket has no ZAP domain that is enforced: configure it "
                                      "with a QZap::secure*() function first"));
    }
    result.isPublisher = type == ZMQ_XPUB;
    if (result.isPublisher && !setOption(socket, ZMQ_XPUB_VERBOSE, 1))
        return Problem(lastZmqError());
    const Result<void *> context = contextOf(socket);
    result.isThreaded = !context || zmq_ctx_get(*context, ZMQ_IO_THREADS) != 1;
    result.canDisconnect = isCuttable(type) && ConnectionCutter::isSupported();
    return result;
}

} // namespace QZap::Internal
