// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "demopeer.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>
#include <QtCore/qpointer.h>

#include <cstring>

namespace {

constexpr int Patience = 60'000; // ms: a guest waits for somebody to decide
constexpr auto EventsEndpoint = "inproc://events";

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
        if (m_identity.certificate.isNull()) {
            m_socket->set(zmq::sockopt::plain_username, m_identity.user.toStdString());
            m_socket->set(zmq::sockopt::plain_password, m_identity.password.toStdString());
        } else {
            QByteArray secretKey = m_identity.certificate.secretKeyText();
            m_socket->set(zmq::sockopt::curve_serverkey, serverKey.toStdString());
            m_socket->set(zmq::sockopt::curve_publickey,
                          m_identity.certificate.publicKeyText().toStdString());
            m_socket->set(zmq::sockopt::curve_secretkey, secretKey.constData());
            secretKey.fill('\0');
        }
        if (zmq_socket_monitor(m_socket->handle(), EventsEndpoint, ZMQ_EVENT_ALL) != 0)
            throw zmq::error_t();
        m_events = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::pair);
        m_events->set(zmq::sockopt::linger, 0);
        m_events->connect(EventsEndpoint);
        m_notifier = std::make_unique<QZapSocketNotifier>(*m_events);
        connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &DemoPeer::readEvents);
        // tcp://source:0;destination:port, see zmq_tcp(7).
        QString from = endpoint;
        if (!m_identity.address.isEmpty())
            from.replace(QLatin1String("tcp://"),
                         QLatin1String("tcp://") + m_identity.address + QLatin1String(":0;"));
        m_socket->connect(from.toStdString());
        m_socket->send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
    } catch (const zmq::error_t &error) {
        qWarning("%s cannot connect: %s", qPrintable(m_identity.name), error.what());
        leave();
        return;
    }
    setState(State::Connecting);
}

void DemoPeer::leave()
{
    m_notifier.reset(); // before its socket
    m_events.reset();
    m_socket.reset();
    m_context.reset();
    setState(State::Away);
}

// No exception may leave a slot, and one of the signal may make the peer leave.
void DemoPeer::readEvents()
{
    State state = m_state;
    try {
        zmq::message_t frame;
        while (m_events->recv(frame, zmq::recv_flags::dontwait)) {
            quint16 event = 0; // 16 bits of event, 32 of value, and the address after it
            if (frame.size() >= sizeof event)
                std::memcpy(&event, frame.data(), sizeof event);
            while (frame.more()) {
                if (!m_events->recv(frame))
                    return;
            }
            if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
                state = State::In;
            else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
                state = State::Refused;
            else if (event == ZMQ_EVENT_DISCONNECTED && state == State::In)
                state = State::Connecting;
        }
    } catch (const zmq::error_t &error) {
        qWarning("%s is no longer watched: %s", qPrintable(m_identity.name), error.what());
    }
    setState(state);
}

void DemoPeer::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
}
