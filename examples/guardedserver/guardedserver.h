// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GUARDEDSERVER_H
#define GUARDEDSERVER_H

#include "decisionprinter.h"
#include "echosocket.h"
#include "failure.h"
#include "serveroptions.h"

#include <QZap/QZapAuthenticator>
#include <QZap/QZapCertificate>

#include <optional>

// One authenticator and the three sockets that it guards.
class GuardedServer : public QObject
{
    Q_OBJECT

public:
    // The context must outlive the server.
    explicit GuardedServer(zmq::context_t &context, QObject *parent = nullptr);

    [[nodiscard]] std::optional<Failure> start(const ServerOptions &options);
    // Prints the endpoints and the key, one per line, followed by "ready".
    void announce() const;

private:
    [[nodiscard]] std::optional<Failure> configure(const ServerOptions &options);
    [[nodiscard]] std::optional<Failure> loadCertificate(const QString &file);
    [[nodiscard]] std::optional<Failure> secureSockets();
    [[nodiscard]] std::optional<Failure> listen(const ServerOptions &options);
    [[nodiscard]] Failure configurationFailure(const QString &what) const;
    [[nodiscard]] std::optional<Failure>
    waitForOutcome(const QString &name, QZap::Mechanism mechanism, const QString &option) const;
    void report(const QString &problem);
    void reportCollected();

    // Destroyed in reverse order: the sockets and their guards before the authenticator.
    QZapAuthenticator m_authenticator;
    DecisionPrinter m_printer;
    EchoSocket m_curveSocket;
    EchoSocket m_plainSocket;
    EchoSocket m_nullSocket;
    QZapCertificate m_certificate;
    QStringList m_problems; // of the configuration, until it has been read
    bool m_started = false;
};

#endif // GUARDEDSERVER_H
