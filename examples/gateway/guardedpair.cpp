// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedpair.h"

using namespace Qt::StringLiterals;

namespace {

QString endpointOf(const zmq::socket_t &socket)
{
    return QString::fromStdString(socket.get(zmq::sockopt::last_endpoint));
}

} // namespace

GuardedPair::GuardedPair(zmq::context_t &context, QZapAuthenticator *authenticator,
                         const Options &options)
    : m_front(context, options.front)
    , m_back(context, options.back)
    , m_guard(authenticator)
{
    for (zmq::socket_t *const socket : {&m_front, &m_back}) {
        socket->set(zmq::sockopt::linger, options.linger);
        socket->set(zmq::sockopt::sndhwm, options.highWaterMark);
        socket->set(zmq::sockopt::rcvhwm, options.highWaterMark);
        socket->set(zmq::sockopt::tcp_keepalive, 1);
        socket->set(zmq::sockopt::ipv6, true);
    }
    m_front.set(zmq::sockopt::maxmsgsize, int64_t{options.maximumMessageSize});
}

GuardedPair::~GuardedPair()
{
    close();
}

bool GuardedPair::watch(QString *errorMessage)
{
    if (m_guard.setSocket(m_front))
        return true;
    *errorMessage = m_guard.errorString();
    return false;
}

bool GuardedPair::listen(const QString &endpoint, const QString &backend, QString *errorMessage)
{
    QString bound = endpoint;
    try {
        m_front.bind(bound.toStdString());
        bound = backend;
        m_back.bind(bound.toStdString());
    } catch (const zmq::error_t &error) {
        *errorMessage =
            u"cannot listen on %1: %2"_s.arg(bound, QString::fromLocal8Bit(error.what()));
        return false;
    }
    m_frontNotifier = std::make_unique<QZapSocketNotifier>(m_front);
    m_backNotifier = std::make_unique<QZapSocketNotifier>(m_back);
    return true;
}

QString GuardedPair::endpoint() const
{
    return endpointOf(m_front);
}

QString GuardedPair::backendEndpoint() const
{
    return endpointOf(m_back);
}

void GuardedPair::close()
{
    m_frontNotifier.reset(); // first: the numbers of their descriptors can be reused at once
    m_backNotifier.reset();
    m_guard.clearSocket();
    m_front.close();
    m_back.close();
}
