// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONNECTIONMONITOR_H
#define CONNECTIONMONITOR_H

#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketNotifier;

// Reports the outcome of a socket's connections, which the socket itself does not report.
class ConnectionMonitor : public QObject
{
    Q_OBJECT

public:
    // Create it before the socket connects, and destroy it before the socket is closed.
    ConnectionMonitor(zmq::context_t &context, zmq::socket_t &socket, QObject *parent = nullptr);
    ~ConnectionMonitor() override;

Q_SIGNALS:
    void connected();
    void accepted();
    // The server's answer, 300, 400 or 500: the socket does not try again.
    void refused(int status);
    // Client and server use different protocols or mechanisms.
    void mismatched();
    // Closed during the handshake without an answer: the socket tries again.
    void closedEarly();

private:
    void readAll();
    void report(int event, int value);

    zmq::socket_t &m_socket;
    zmq::socket_t m_events;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
};

#endif // CONNECTIONMONITOR_H
