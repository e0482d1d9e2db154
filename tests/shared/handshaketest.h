// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HANDSHAKETEST_H
#define HANDSHAKETEST_H

#include "peer.h"
#include "server.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>

#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

// Base class of tests of real peers that connect to a real, secured server socket. Each test
// function gets a running authenticator; the peers have a ZeroMQ context of their own.
class HandshakeTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init();
    void cleanup();

protected:
    enum class Kind { Null, Plain, Curve };

    // Starts the server, and returns its endpoint. The server disconnects peers whose handshake
    // lasts longer than the interval, in ms.
    QString serve(Kind kind, const QString &domain = QStringLiteral("test"),
                  int handshakeInterval = 10000);
    std::unique_ptr<Peer> peer() { return std::make_unique<Peer>(*m_clientContext); }
    // Returns a CURVE peer.
    std::unique_ptr<Peer> peerOf(const QZapCertificate &certificate);

    // These functions send a message. The first one fails the test unless the server receives it
    // from this user, the second one unless the peer is refused for good.
    void expectAccepted(Peer &peer, const QByteArray &userId);
    void expectRefused(Peer &peer);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::context_t> m_clientContext;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    QZapCertificate m_serverCertificate;
};

#endif // HANDSHAKETEST_H
