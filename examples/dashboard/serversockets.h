// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SERVERSOCKETS_H
#define SERVERSOCKETS_H

#include "connectionlist.h"
#include "echosocket.h"

#include <QZap/QZapCertificate>

#include <QtCore/qobject.h>
#include <QtQml/qqmlregistration.h>

// Three sockets, each in a domain of its own: for known keys, for users, and for guests.
class ServerSockets : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString keysEndpoint READ keysEndpoint NOTIFY listeningChanged)
    Q_PROPERTY(QString usersEndpoint READ usersEndpoint NOTIFY listeningChanged)
    Q_PROPERTY(QString guestsEndpoint READ guestsEndpoint NOTIFY listeningChanged)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)
    Q_PROPERTY(QString publicKey READ publicKey CONSTANT)
    Q_PROPERTY(QString keysDomain READ keysDomain CONSTANT)
    Q_PROPERTY(QString usersDomain READ usersDomain CONSTANT)
    Q_PROPERTY(QString guestsDomain READ guestsDomain CONSTANT)
    Q_PROPERTY(ConnectionList *connections READ connections CONSTANT)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(int patience READ patience CONSTANT)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in Backend.")

public:
    // The certificate must have its secret key. The context, which is the authenticator's, must
    // outlive the sockets.
    ServerSockets(zmq::context_t &context, const QZapCertificate &certificate,
                  const QString &address, quint16 port, QObject *parent = nullptr);
    ~ServerSockets() override;

    // Call this when the authenticator is running: a peer that connects earlier is turned away.
    Q_INVOKABLE bool listen(QZapAuthenticator *authenticator);

    QString keysEndpoint() const { return m_keys ? m_keys->endpoint() : QString(); }
    QString usersEndpoint() const { return m_users ? m_users->endpoint() : QString(); }
    QString guestsEndpoint() const { return m_guests ? m_guests->endpoint() : QString(); }
    bool isListening() const { return m_guests != nullptr; }
    QString publicKey() const { return m_certificate.publicKeyText(); }
    QString keysDomain() const { return QStringLiteral("telemetry"); }
    QString usersDomain() const { return QStringLiteral("console"); }
    QString guestsDomain() const { return QStringLiteral("guests"); }
    ConnectionList *connections() { return &m_connections; }
    QString errorString() const { return m_errorString; }
    // Returns how long a guest's connection waits for a decision, in milliseconds.
    int patience() const { return 60'000; }

Q_SIGNALS:
    void listeningChanged();
    void errorStringChanged();

private:
    bool fail(const QString &message);

    zmq::context_t &m_context;
    QZapCertificate m_certificate;
    QString m_address;
    quint16 m_port;
    ConnectionList m_connections;
    std::unique_ptr<EchoSocket> m_keys;
    std::unique_ptr<EchoSocket> m_users;
    std::unique_ptr<EchoSocket> m_guests;
    QString m_errorString;
};

#endif // SERVERSOCKETS_H
