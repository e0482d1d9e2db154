// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WATCHEDSOCKET_H
#define WATCHEDSOCKET_H

#include <QZap/QZapCertificate>
#include <QZap/QZapSocketMonitor>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

// A socket of a client, and what has become of its connection.
class WatchedSocket : public QObject
{
    Q_OBJECT

public:
    enum class State { Waiting, Accepted, Disconnected, Refused };

    WatchedSocket(zmq::context_t &context, zmq::socket_type type, QObject *parent = nullptr);
    ~WatchedSocket() override;

    [[nodiscard]] bool connectTo(const QString &endpoint, const QZapCertificate &client,
                                 const QString &serverKey);
    zmq::socket_t &socket() { return m_socket; }

    // Waiting: without a definite answer, as before the first one.
    State state() const { return m_state; }
    bool isAccepted() const { return m_state == State::Accepted; }
    // How often an accepted connection has ended.
    int disconnections() const { return m_disconnections; }
    // When the state was entered last, in milliseconds since 1970; 0: never.
    qint64 disconnectedAt() const { return m_disconnectedAt; }
    qint64 refusedAt() const { return m_refusedAt; }

Q_SIGNALS:
    void accepted();
    void changed();

private:
    void enter(State state);

    zmq::socket_t m_socket;
    QZapSocketMonitor m_monitor; // destroyed before the socket
    State m_state = State::Waiting;
    int m_disconnections = 0;
    qint64 m_disconnectedAt = 0;
    qint64 m_refusedAt = 0;
};

#endif // WATCHEDSOCKET_H
