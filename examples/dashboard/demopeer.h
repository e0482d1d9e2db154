// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DEMOPEER_H
#define DEMOPEER_H

#include <QZap/QZapCertificate>

#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketMonitor;

// A client that connects, sends a message now and then, and disconnects.
class DemoPeer : public QObject
{
    Q_OBJECT

public:
    struct Identity
    {
        QString name;
        QString address;             // the source address, one of this machine's
        QZapCertificate certificate; // null: has a user name and a password
        QString user;
        QByteArray password;
    };
    enum class State { Away, Connecting, In, Refused };
    Q_ENUM(State)

    DemoPeer(const Identity &identity, QObject *parent = nullptr);
    ~DemoPeer() override;

    QString name() const { return m_identity.name; }
    State state() const { return m_state; }
    QZapCertificate certificate() const { return m_identity.certificate; }

    // Connects to the endpoint of a server with this key, which PLAIN peers do not need.
    void comeTo(const QString &endpoint, const QString &serverKey);
    void leave();

Q_SIGNALS:
    void stateChanged();

private:
    bool setCredentials(const QString &serverKey);
    void greet();
    void setState(State state);

    Identity m_identity;
    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::socket_t> m_socket;
    std::unique_ptr<QZapSocketMonitor> m_monitor;
    State m_state = State::Away;
};

#endif // DEMOPEER_H
