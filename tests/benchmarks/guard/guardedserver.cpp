// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardedserver.h"

#include "waiting.h"

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>

#include <algorithm>

namespace {

constexpr int SocketsBeside = 100; // those of the devices
constexpr qint64 ConnectingAtATime = 32;

} // namespace

GuardedServer::GuardedServer(const Devices &devices)
    : m_devices(devices)
{
    m_clientContext.set(zmq::ctxopt::max_sockets,
                        static_cast<int>(devices.count()) + SocketsBeside);
}

GuardedServer::~GuardedServer()
{
    m_notifier.reset(); // before its socket
    m_guard.reset();
}

bool GuardedServer::start(const QString &keyList, QString *errorMessage)
{
    m_authenticator = std::make_unique<QZapAuthenticator>(m_context);
    return finishStart(m_authenticator->configureCurve(domain(), keyList), errorMessage);
}

bool GuardedServer::start(QZapCredentialsStore *store, QString *errorMessage)
{
    m_authenticator = std::make_unique<QZapAuthenticator>(m_context);
    auto *const curve = new QZapCurveDomain(m_authenticator.get());
    curve->setName(domain());
    curve->setStore(store);
    return finishStart(m_authenticator->addDomain(curve), errorMessage);
}

bool GuardedServer::finishStart(bool isConfigured, QString *errorMessage)
{
    if (isConfigured && waitUntilReady(*m_authenticator) && m_authenticator->start())
        return true;
    *errorMessage = QStringLiteral("qzap does not start: ") + m_authenticator->errorString();
    return false;
}

bool GuardedServer::connectAll(zmq::socket_type type, QString *errorMessage)
{
    m_socket = std::make_unique<zmq::socket_t>(m_context, type);
    m_guard = std::make_unique<QZapGuard>(m_authenticator.get());
    m_socket->set(zmq::sockopt::linger, 0);
    if (!QZap::secureCurve(*m_socket, domain(), m_devices.server())
        || !m_guard->setSocket(*m_socket)) {
        *errorMessage = QStringLiteral("no guard: ") + m_guard->errorString();
        return false;
    }
    m_socket->bind("tcp://127.0.0.1:*");
    m_notifier = std::make_unique<QZapSocketNotifier>(*m_socket);
    QObject::connect(m_notifier.get(), &QZapSocketNotifier::readable, m_guard.get(),
                     [this] { receive(); });
    const QString endpoint = QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint));
    const auto peerType =
        type == zmq::socket_type::xpub ? zmq::socket_type::sub : zmq::socket_type::dealer;
    bool ok = true;
    for (qint64 i = 0; ok && i < m_devices.count(); ++i) {
        m_clients.push_back(m_devices.connect(m_clientContext, peerType, i, endpoint));
        const qint64 wanted =
            i + 1 == m_devices.count() ? i + 1 : std::max<qint64>(i - ConnectingAtATime, 0);
        ok = runLoopUntil([&] { return static_cast<qint64>(m_messages.size()) >= wanted; });
    }
    ok = ok && m_areAllAuthorized
         && runLoopUntil([this] { return m_guard->connectionCount() == m_devices.count(); });
    if (!ok)
        *errorMessage = QStringLiteral("not all devices are connected and authorized");
    return ok;
}

void GuardedServer::receive()
{
    zmq::message_t message;
    while (m_socket->recv(message, zmq::recv_flags::dontwait)) {
        if (message.more())
            continue;
        m_areAllAuthorized = m_guard->isAuthorized(message) && m_areAllAuthorized;
        m_messages.push_back(std::move(message));
        message.rebuild();
    }
}
