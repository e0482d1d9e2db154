// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "demopeer.h"

#include <QZap/QZapSocketMonitor>

#include <QtCore/qdebug.h>

namespace {

constexpr int Patience = 60'000; // ms: a guest waits for a decision by a person

} // namespace

DemoPeer::DemoPeer(const Identity &identity, QObject *parent)
    : QObject(parent)
    , m_identity(identity)
{ }

DemoPeer::~DemoPeer()
{
    leave();
}

void DemoPeer::comeTo(const QString &endpoint, const QString &serverKey)
{
    leave();
    try {
        m_context = std::make_unique<zmq::context_t>();
        m_socket = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::dealer);
        m_socket->set(zmq::sockopt::linger, 0);
        m_socket->set(zmq::sockopt::handshake_ivl, Patience);
        if (!setCredentials(serverKey)) {
            leave();
            return;
        }
        m_monitor = std::make_unique<QZapSocketMonitor>(*m_socket);
        connect(m_monitor.get(), &QZapSocketMonitor::accepted, this, &DemoPeer::greet);
        connect(m_monitor.get(), &QZapSocketMonitor::refused, this,
                [this] { setState(State::Refused); });
        connect(m_monitor.get(), &QZapSocketMonitor::disconnected, this, [this] {
            if (m_state == State::In)
                setState(State::Connecting);
        });
        // tcp://source:0;destination:port, see zmq_tcp(7).
        QString from = endpoint;
        if (!m_identity.address.isEmpty())
            from.replace(QLatin1String("tcp://"),
                         QLatin1String("tcp://") + m_identity.address + QLatin1String(":0;"));
        m_socket->connect(from.toStdString());
    } catch (const zmq::error_t &error) {
        qWarning("%s cannot connect: %s", qPrintable(m_identity.name), error.what());
        leave();
        return;
    }
    setState(State::Connecting);
}

// The server knows whose connection this is from the first message on.
void DemoPeer::greet()
{
    try {
        m_socket->send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
    } catch (const zmq::error_t &error) {
        qWarning("%s cannot send: %s", qPrintable(m_identity.name), error.what());
    }
    setState(State::In);
}

bool DemoPeer::setCredentials(const QString &serverKey)
{
    if (m_identity.certificate.isNull())
        return QZap::setPlainClient(*m_socket, m_identity.user, m_identity.password);
    return QZap::setCurveClient(*m_socket, m_identity.certificate, serverKey);
}

void DemoPeer::leave()
{
    m_monitor.reset(); // before its socket
    m_socket.reset();
    m_context.reset();
    setState(State::Away);
}

void DemoPeer::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}
