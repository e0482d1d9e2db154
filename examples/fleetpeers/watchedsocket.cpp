// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "watchedsocket.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qdebug.h>

namespace {

constexpr int ReconnectInterval = 20; // ms

} // namespace

WatchedSocket::WatchedSocket(zmq::context_t &context, zmq::socket_type type, QObject *parent)
    : QObject(parent)
    , m_socket(context, type)
    , m_monitor(m_socket)
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::reconnect_ivl, ReconnectInterval);
    connect(&m_monitor, &QZapSocketMonitor::accepted, this, [this] {
        enter(State::Accepted);
        Q_EMIT accepted();
    });
    connect(&m_monitor, &QZapSocketMonitor::refused, this, [this] {
        m_refusedAt = QDateTime::currentMSecsSinceEpoch();
        enter(State::Refused);
    });
    connect(&m_monitor, &QZapSocketMonitor::disconnected, this, [this] {
        if (m_state != State::Accepted)
            return; // a refused or failed attempt
        ++m_disconnections;
        m_disconnectedAt = QDateTime::currentMSecsSinceEpoch();
        enter(State::Disconnected);
    });
}

WatchedSocket::~WatchedSocket() = default;

bool WatchedSocket::connectTo(const QString &endpoint, const QZapCertificate &client,
                              const QString &serverKey)
{
    if (!m_monitor.isValid() || !QZap::setCurveClient(m_socket, client, serverKey))
        return false; // the reason has been logged
    try {
        m_socket.connect(endpoint.toStdString());
    } catch (const zmq::error_t &error) {
        qWarning("%ls: %s", qUtf16Printable(endpoint), error.what());
        return false;
    }
    return true;
}

void WatchedSocket::enter(State state)
{
    m_state = state;
    Q_EMIT changed();
}
