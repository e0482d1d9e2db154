// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_HANDSHAKETRACKER_H
#define QZAP_TRANSPORT_HANDSHAKETRACKER_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <vector>

namespace QZap::Internal {

// An event of a libzmq monitor, see zmq_socket_monitor(3).
struct MonitorEvent
{
    int type = 0; // ZMQ_EVENT_...
    quint32 value = 0;
    QByteArray endpoint;
};

// The meaning of an event.
struct ConnectionChange
{
    enum class Kind {
        None, // irrelevant or unknown
        Connected,
        Accepted,
        Refused,
        Failed,
        Disconnected, // with a reason if this made an unfinished handshake fail
        Retrying,
        MonitorStopped,
    };

    Kind kind = Kind::None;
    QZap::Status status = QZap::Status::Success; // of Refused
    QString reason{};                            // what failed and what to do
    int milliseconds = 0;                        // of Retrying
    bool isFinal = false; // this socket does not try to connect to the endpoint again
};

// Interprets the events of a socket's connections. Some failures are visible only from the order of
// events: libzmq does not report that it gave up on a peer that does not use its protocol.
class HandshakeTracker
{
public:
    [[nodiscard]] ConnectionChange interpret(const MonitorEvent &event);

private:
    // A connection that this socket has made. Connections that it accepts are not recorded.
    struct Connection
    {
        QByteArray endpoint;
        quint32 descriptor;
        bool isHandshaking;
    };

    [[nodiscard]] ConnectionChange failure(const MonitorEvent &event) const;
    bool isOutgoing(const QByteArray &endpoint) const;
    void add(const MonitorEvent &event);
    void endHandshake(const QByteArray &endpoint);
    // Removes a connection. Returns whether its handshake was not finished.
    bool remove(const MonitorEvent &event);

    std::vector<Connection> m_outgoing; // at most one for each descriptor
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_HANDSHAKETRACKER_H
