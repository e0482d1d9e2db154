// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ECHOSOCKET_H
#define ECHOSOCKET_H

#include <QZap/QZapGuard>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketNotifier;

// A server socket that sends each message back, preceded by the user id of its sender, as long as
// the sender is authorized; a peer that is revoked is disconnected. It serves DEALER and REQ
// sockets.
class EchoSocket : public QObject
{
    Q_OBJECT

public:
    EchoSocket(zmq::context_t &context, QZapAuthenticator *authenticator,
               QObject *parent = nullptr);
    ~EchoSocket() override;

    // Secure the socket before calling listen().
    zmq::socket_ref socket() { return m_socket; }
    QZapGuard *guard() { return &m_guard; }
    bool listen(const QString &address, quint16 port, QString *errorMessage);
    QString endpoint() const;

private:
    void echoAll();
    bool echoOne();
    void close();

    zmq::socket_t m_socket;
    QZapGuard m_guard; // destroyed before the socket
    std::unique_ptr<QZapSocketNotifier> m_notifier;
};

#endif // ECHOSOCKET_H
