// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "serversockets.h"

#include <QZap/QZapSocketNotifier>

using namespace Qt::StringLiterals;

ServerSockets::ServerSockets(zmq::context_t &context, const QZapCertificate &certificate,
                             const QString &address, quint16 port, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_certificate(certificate)
    , m_address(address)
    , m_port(port)
{ }

ServerSockets::~ServerSockets() = default;

bool ServerSockets::listen(QZapAuthenticator *authenticator)
{
    if (isListening())
        return true;
    try {
        auto keys = std::make_unique<EchoSocket>(m_context, authenticator);
        auto users = std::make_unique<EchoSocket>(m_context, authenticator);
        auto guests = std::make_unique<EchoSocket>(m_context, authenticator);
        if (!QZap::secureCurve(keys->socket(), keysDomain(), m_certificate)
            || !QZap::securePlain(users->socket(), usersDomain())
            || !QZap::secureCurve(guests->socket(), guestsDomain(), m_certificate)) {
            return fail(u"The sockets cannot be secured."_s);
        }
        // A connection that waits for the decision of a person must not time out before.
        guests->socket().set(zmq::sockopt::handshake_ivl, patience());
        const auto port = [this](int offset) {
            return static_cast<quint16>(m_port == 0 ? 0 : m_port + offset);
        };
        QString error;
        if (!keys->listen(m_address, port(0), &error) || !users->listen(m_address, port(1), &error)
            || !guests->listen(m_address, port(2), &error)) {
            return fail(error);
        }
        m_keys = std::move(keys);
        m_users = std::move(users);
        m_guests = std::move(guests);
    } catch (const zmq::error_t &error) { // for example, no descriptors are left
        return fail(QString::fromLocal8Bit(error.what()));
    }
    for (EchoSocket *const socket : {m_keys.get(), m_users.get(), m_guests.get()})
        m_connections.addGuard(socket->guard());
    Q_EMIT listeningChanged();
    return true;
}

bool ServerSockets::fail(const QString &message)
{
    m_errorString = message;
    Q_EMIT errorStringChanged();
    return false;
}
