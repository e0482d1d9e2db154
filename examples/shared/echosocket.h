// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ECHOSOCKET_H
#define ECHOSOCKET_H

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketNotifier;

// A server socket that sends each message back, preceded by the user id of its sender. It serves
// DEALER and REQ sockets.
class EchoSocket : public QObject
{
    Q_OBJECT

public:
    explicit EchoSocket(zmq::context_t &context, QObject *parent = nullptr);
    ~EchoSocket() override;

    // Secure the socket before calling listen().
    zmq::socket_ref socket() { return m_socket; }
    bool listen(const QString &address, quint16 port, QString *errorMessage);
    QString endpoint() const;

private:
    void echoAll();
    bool echoOne();
    void close();

    zmq::socket_t m_socket;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
};

#endif // ECHOSOCKET_H
