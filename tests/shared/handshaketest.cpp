// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handshaketest.h"

#include <QZap/qzap.h>

#include <QtTest/qtest.h>

#include <optional>

void HandshakeTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_clientContext = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_serverCertificate = QZapCertificate::generate();
    QVERIFY(m_authenticator->start());
}

void HandshakeTest::cleanup()
{
    m_authenticator.reset();
    m_server.reset();
    m_clientContext.reset();
    m_context.reset();
}

QString HandshakeTest::serve(Kind kind, const QString &domain, int handshakeInterval)
{
    m_server = std::make_unique<Server>(*m_context);
    bool secured = false;
    switch (kind) {
    case Kind::Null:
        secured = QZap::secureNull(m_server->socket(), domain);
        break;
    case Kind::Plain:
        secured = QZap::securePlain(m_server->socket(), domain);
        break;
    case Kind::Curve:
        secured = QZap::secureCurve(m_server->socket(), domain, m_serverCertificate);
        break;
    }
    if (!secured)
        qFatal("the server socket could not be secured");
    m_server->socket().set(zmq::sockopt::handshake_ivl, handshakeInterval);
    return m_server->bind();
}

std::unique_ptr<Peer> HandshakeTest::peerOf(const QZapCertificate &certificate)
{
    auto result = peer();
    result->curve(certificate.publicKeyText().toLatin1(), certificate.secretKeyText(),
                  m_serverCertificate.publicKeyText().toLatin1());
    return result;
}

void HandshakeTest::expectAccepted(Peer &peer, const QByteArray &userId)
{
    peer.send("hello");
    QTRY_VERIFY(peer.isAccepted());
    std::optional<Server::Message> message;
    QTRY_VERIFY(message || (message = m_server->receive()));
    QCOMPARE(message->body, QByteArray("hello"));
    QCOMPARE(message->userId, userId);
    QCOMPARE(peer.refusal(), 0);
}

void HandshakeTest::expectRefused(Peer &peer)
{
    const int accepted = m_server->accepted();
    peer.send("hello");
    QTRY_COMPARE(peer.refusal(), 400);
    QVERIFY(!peer.isAccepted());
    QCOMPARE(m_server->accepted(), accepted);
    QVERIFY(!m_server->receive());
}
