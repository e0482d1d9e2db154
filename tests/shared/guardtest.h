// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDTEST_H
#define GUARDTEST_H

#include "peer.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapguard.h>

#include <QtCore/qobject.h>
#include <QtCore/qtemporarydir.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <optional>

// Base class of tests of guards: a server with a guard, whose authenticator runs in its own thread
// or in a private one, and peers in another context.
class GuardTest : public QObject
{
    Q_OBJECT

public:
    // A change of the configuration.
    using Change = std::function<void(QZapAuthenticator *)>;

protected Q_SLOTS:
    void init();
    void cleanup();

protected:
    static QString test() { return QStringLiteral("test"); }
    static QString bob() { return QStringLiteral("bob"); }
    static QString eve() { return QStringLiteral("eve"); }
    static QList<QZap::Mechanism> allMechanisms()
    {
        return {QZap::Mechanism::Null, QZap::Mechanism::Plain, QZap::Mechanism::Curve};
    }
    // Adds a row for each of the mechanisms and both thread modes, with the columns mechanism,
    // workerThread and change.
    static void addChangeColumns();
    static void addChange(const QByteArray &name, const QList<QZap::Mechanism> &mechanisms,
                          const Change &change);
    // The type of the peers of a server, and what transports are called in rows: IPv4, IPv6 or ipc.
    static zmq::socket_type clientOf(zmq::socket_type server);
    QString endpointFor(const QString &transport) const;

    // Starts the authenticator.
    void start(bool workerThread = false);
    // Makes a socket with a guard, binds it and returns the endpoint to connect to.
    QString serve(QZap::Mechanism mechanism = QZap::Mechanism::Plain,
                  zmq::socket_type type = zmq::socket_type::router,
                  const QString &endpoint = QStringLiteral("tcp://127.0.0.1:*"));
    bool secure(zmq::socket_t &socket, QZap::Mechanism mechanism);
    QString ipcEndpoint() const;

    // Returns a client socket with the credentials of a mechanism: a user's name, whose password
    // is "secret", or the key of `certificate`.
    zmq::socket_t client(zmq::socket_type type, const QString &endpoint,
                         QZap::Mechanism mechanism = QZap::Mechanism::Plain,
                         const QString &user = QStringLiteral("bob"));
    // The certificate of a user of CURVE; always the same for one name.
    QZapCertificate certificate(const QString &user);
    // Lets in these users by PLAIN and CURVE, and nobody else.
    void configure(const QStringList &users);
    // Lets in bob, and alice, starts the authenticator, and connects bob's socket to a ROUTER.
    void connectBob(QZap::Mechanism mechanism, bool workerThread);

    // Runs the event loop until the condition holds, which is checked after each turn and each
    // millisecond. Returns false if it does not within a minute.
    static bool waitUntil(const std::function<bool()> &condition);

    // Sends a message from the client, which does not wait.
    static bool send(zmq::socket_t &client, const QByteArray &body);
    // Returns the last frame of the next message that the server receives.
    std::optional<zmq::message_t> receive();
    // The same, waiting for it, with the event loop running.
    zmq::message_t waitForMessage();

    // How long clients wait before they connect again, in milliseconds.
    int m_reconnectInterval = 20;

    // After connectBob(): his socket, and his first message.
    std::optional<zmq::socket_t> m_bob;
    zmq::message_t m_message;

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::context_t> m_clientContext;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<zmq::socket_t> m_socket;
    std::unique_ptr<QZapGuard> m_guard;
    std::unique_ptr<QTemporaryDir> m_directory;
    QZapCertificate m_serverCertificate;
    QMap<QString, QZapCertificate> m_certificates;
};

Q_DECLARE_METATYPE(GuardTest::Change)
Q_DECLARE_METATYPE(zmq::socket_type)

#endif // GUARDTEST_H
