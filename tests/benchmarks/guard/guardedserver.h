// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDEDSERVER_H
#define GUARDEDSERVER_H

#include "guard/devices.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapguard.h>
#include <QZap/qzapsocketnotifier.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <vector>

class QZapCredentialsStore;

// A server in the calling thread, whose peers connect from another context. Reads what they send.
class GuardedServer
{
public:
    explicit GuardedServer(const Devices &devices);
    ~GuardedServer();
    GuardedServer(const GuardedServer &) = delete;
    GuardedServer &operator=(const GuardedServer &) = delete;

    // Starts the authenticator with a key list, and waits until it is loaded.
    bool start(const QString &keyList, QString *errorMessage);
    // Starts the authenticator with the keys of a store.
    bool start(QZapCredentialsStore *store, QString *errorMessage);
    // Binds a socket of this type, and connects all devices. Returns when a message of each has
    // been authorized.
    bool connectAll(zmq::socket_type type, QString *errorMessage);

    static QString domain() { return QStringLiteral("guarded"); }
    QZapAuthenticator &authenticator() { return *m_authenticator; }
    QZapGuard &guard() { return *m_guard; }
    // The first message of each device, in the order of arrival.
    std::vector<zmq::message_t> &messages() { return m_messages; }

private:
    // Starts the authenticator if it is configured.
    bool finishStart(bool isConfigured, QString *errorMessage);
    void receive();

    const Devices &m_devices;
    zmq::context_t m_context;
    zmq::context_t m_clientContext;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<zmq::socket_t> m_socket;
    std::unique_ptr<QZapGuard> m_guard;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
    std::vector<zmq::message_t> m_messages;
    std::vector<zmq::socket_t> m_clients;
    bool m_areAllAuthorized = true;
};

#endif // GUARDEDSERVER_H
