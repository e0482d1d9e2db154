// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FLEET_H
#define FLEET_H

#include "fleetclient.h"
#include "fleetgateway.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <memory>
#include <vector>

class FleetBackend;

// All clients and back ends of the gateways. Each command is answered with one line, which begins
// with "ok" or "failed". --help describes the commands.
class Fleet : public QObject
{
    Q_OBJECT

public:
    explicit Fleet(zmq::context_t &context, QObject *parent = nullptr);
    ~Fleet() override;

    void execute(const QString &command);

Q_SIGNALS:
    void answered(const QString &line);

private:
    using Clients = std::vector<std::unique_ptr<FleetClient>>; // one for each gateway
    using Condition = std::function<bool()>;
    using Text = std::function<QString()>;

    [[nodiscard]] QString makeKeys(const QStringList &arguments);
    [[nodiscard]] QString addGateway(const QStringList &arguments);
    [[nodiscard]] QString connectClients(const QStringList &arguments);
    [[nodiscard]] QString setLoad(const QStringList &arguments);
    void awaitConnected(const QStringList &arguments);
    void awaitRefused(const QStringList &arguments);
    void awaitRevoked(const QStringList &arguments);
    void awaitAnswers();
    [[nodiscard]] QString stateText(const QStringList &arguments) const;
    [[nodiscard]] QString countsText() const;

    // Answers once the condition is fulfilled, or with "failed" after a time.
    void await(const Condition &condition, const Text &text, std::chrono::milliseconds timeout);
    void checkCondition();
    [[nodiscard]] std::vector<const FleetClient *> clientsOf(const QStringList &names) const;
    [[nodiscard]] std::vector<const WatchedSocket *> socketsOf(const QStringList &names) const;
    void sendRequests();

    zmq::context_t &m_context;
    QHash<QString, QZapCertificate> m_certificates;
    std::vector<FleetGateway> m_gateways;
    std::vector<std::unique_ptr<FleetBackend>> m_backends;
    QHash<QString, std::shared_ptr<Clients>> m_clients;
    QTimer m_load;
    QTimer m_timeout;
    Condition m_condition; // of the command that waits
    Text m_text;
};

#endif // FLEET_H
