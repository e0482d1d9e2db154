// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/handshaketracker.h"

#include <zmq.h>

#include <algorithm>
#include <cerrno>

namespace QZap::Internal {

namespace {

using Kind = ConnectionChange::Kind;

QString systemText(quint32 error)
{
    return QString::fromUtf8(zmq_strerror(static_cast<int>(error)));
}

bool isZapError(quint32 value)
{
    return value >= ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED && value < ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED;
}

QString protocolText(quint32 value, bool isClient)
{
    if (value == ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA) {
        return QStringLiteral(
            "the peer's socket is of a type that is incompatible with this one's, "
            "or its description of itself is malformed");
    }
    if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
        return isClient ? QStringLiteral("the server expects a different mechanism: set the "
                                         "server's mechanism before connecting")
                        : QStringLiteral("the client uses a different mechanism");
    }
    if (value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC) {
        return isClient ? QStringLiteral(
                   "the server's message cannot be decrypted: check the server key")
                        : QStringLiteral("the client's message cannot be decrypted: the client "
                                         "expects a server with a different key");
    }
    if (value == ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE) {
        return QStringLiteral("the authenticator turned the client away for now, with a status "
                              "that disconnects it; the client may try again");
    }
    if (isZapError(value)) {
        return QStringLiteral("the authenticator's reply is malformed (error 0x%1): check the ZAP "
                              "handler of the context")
            .arg(value, 0, 16);
    }
    return QStringLiteral("the peer violates the ZeroMQ protocol (error 0x%1): check that the "
                          "endpoint belongs to a ZeroMQ socket of this mechanism")
        .arg(value, 0, 16);
}

QString closedText(quint32 error, bool isClient)
{
    if (error == EAGAIN || error == ETIMEDOUT) {
        return isClient ? QStringLiteral("the server did not answer within ZMQ_HANDSHAKE_IVL: it "
                                         "is too busy, has not decided, or is not a ZeroMQ server")
                        : QStringLiteral("the client did not finish the handshake within "
                                         "ZMQ_HANDSHAKE_IVL");
    }
    if (!isClient) {
        return QStringLiteral("the client closed the connection during the handshake (%1)")
            .arg(systemText(error));
    }
    return QStringLiteral(
               "the server closed the connection during the handshake without an answer "
               "(%1): it has a different key or a socket of a type that is incompatible "
               "with this one's, is too busy, or turns this client away for now; if this "
               "happens repeatedly, check the server key, if there is one, and the types "
               "of both sockets")
        .arg(systemText(error));
}

QString unfinishedText()
{
    return QStringLiteral("the connection ended during the handshake, and libzmq has given up on "
                          "it: the endpoint belongs to another kind of server, or to a ZeroMQ "
                          "socket of a type that is incompatible with this one's");
}

bool isRefusal(quint32 status)
{
    return status == static_cast<quint32>(QZap::Status::TemporaryError)
           || status == static_cast<quint32>(QZap::Status::AuthenticationFailure)
           || status == static_cast<quint32>(QZap::Status::InternalError);
}

} // namespace

ConnectionChange HandshakeTracker::interpret(const MonitorEvent &event)
{
    switch (event.type) {
    case ZMQ_EVENT_CONNECTED:
        add(event);
        return {Kind::Connected};
    case ZMQ_EVENT_ACCEPTED:
        return {Kind::Connected};
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        endHandshake(event.endpoint);
        return {Kind::Accepted};
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_ACCEPT_FAILED: {
        ConnectionChange change = failure(event);
        if (event.type != ZMQ_EVENT_ACCEPT_FAILED)
            endHandshake(event.endpoint);
        return change;
    }
    case ZMQ_EVENT_DISCONNECTED: {
        ConnectionChange change{Kind::Disconnected};
        change.isFinal = remove(event);
        if (change.isFinal)
            change.reason = unfinishedText();
        return change;
    }
    case ZMQ_EVENT_CONNECT_RETRIED: {
        ConnectionChange change{Kind::Retrying};
        change.milliseconds = static_cast<int>(event.value);
        return change;
    }
    case ZMQ_EVENT_MONITOR_STOPPED:
        return {Kind::MonitorStopped};
    default:
        return {};
    }
}

ConnectionChange HandshakeTracker::failure(const MonitorEvent &event) const
{
    const bool isClient = isOutgoing(event.endpoint);
    ConnectionChange change{Kind::Failed};
    switch (event.type) {
    case ZMQ_EVENT_ACCEPT_FAILED:
        change.reason =
            QStringLiteral("a connection cannot be accepted: %1; if the process has run out of "
                           "descriptors, raise the limit of open files (ulimit -n)")
                .arg(systemText(event.value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        change.reason = closedText(event.value, isClient);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        change.reason = protocolText(event.value, isClient);
        change.isFinal = isClient;
        break;
    default: // ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        change.isFinal = isClient;
        if (isRefusal(event.value)) {
            change.kind = Kind::Refused;
            change.status = static_cast<QZap::Status>(event.value);
        } else {
            change.reason =
                QStringLiteral("the peer was refused with the unknown status %1").arg(event.value);
        }
    }
    return change;
}

bool HandshakeTracker::isOutgoing(const QByteArray &endpoint) const
{
    return std::any_of(m_outgoing.begin(), m_outgoing.end(),
                       [&endpoint](const Connection &each) { return each.endpoint == endpoint; });
}

// Replaces a connection with the same descriptor, which has ended: libzmq does not report
// connections that zmq_disconnect() ends.
void HandshakeTracker::add(const MonitorEvent &event)
{
    const auto known =
        std::find_if(m_outgoing.begin(), m_outgoing.end(),
                     [&event](const Connection &each) { return each.descriptor == event.value; });
    const Connection made{event.endpoint, event.value, true};
    if (known == m_outgoing.end())
        m_outgoing.push_back(made);
    else
        *known = made;
}

// Events of handshakes do not identify the connection. If there are several connections to an
// endpoint, all of them count as finished, so that no accepted one is reported as failed.
void HandshakeTracker::endHandshake(const QByteArray &endpoint)
{
    for (Connection &connection : m_outgoing) {
        if (connection.endpoint == endpoint)
            connection.isHandshaking = false;
    }
}

bool HandshakeTracker::remove(const MonitorEvent &event)
{
    const auto known =
        std::find_if(m_outgoing.begin(), m_outgoing.end(), [&event](const Connection &each) {
            return each.descriptor == event.value && each.endpoint == event.endpoint;
        });
    if (known == m_outgoing.end())
        return false;
    const bool wasHandshaking = known->isHandshaking;
    m_outgoing.erase(known);
    return wasHandshaking;
}

} // namespace QZap::Internal
