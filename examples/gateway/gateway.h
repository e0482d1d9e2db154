// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATEWAY_H
#define GATEWAY_H

#include "failure.h"
#include "gatewayoptions.h"

#include <QZap/QZapAuditLog>
#include <QZap/QZapAuthenticator>
#include <QZap/QZapCertificate>

#include <zmq.hpp>

#include <memory>
#include <optional>

class DatabaseCredentials;
class MetricsServer;
class PublicationFront;
class RequestFront;

// One authenticator, the two fronts that it guards, and what observes them.
class Gateway : public QObject
{
    Q_OBJECT

public:
    // The context must outlive the gateway.
    Gateway(zmq::context_t &context, const GatewayOptions &options, QObject *parent = nullptr);
    ~Gateway() override;

    // Reads and checks everything that the options name. Nothing is bound.
    [[nodiscard]] std::optional<Failure> prepare();
    [[nodiscard]] std::optional<Failure> start();
    // Prints the endpoints and the key, one per line, followed by "ready".
    void announce() const;
    // Receives no more requests, and emits stopped() when the pending ones have been answered, or
    // after a time.
    void stop();
    // Stops at once, and emits stopped().
    void close();

Q_SIGNALS:
    void stopped();

private:
    [[nodiscard]] std::optional<Failure> prepareAddresses();
    [[nodiscard]] std::optional<Failure> prepareKeys();
    [[nodiscard]] std::optional<Failure> prepareDatabase();
    [[nodiscard]] std::optional<Failure> loadCertificate();
    [[nodiscard]] std::optional<Failure> waitForKeys() const;
    template <typename Front>
    [[nodiscard]] std::optional<Failure> open(Front *front);
    [[nodiscard]] std::optional<Failure> observe();
    QByteArray metrics() const;

    const GatewayOptions m_options;
    QZapCertificate m_certificate;
    // Destroyed in reverse order: the sockets and their guards before the authenticator.
    std::unique_ptr<DatabaseCredentials> m_database;
    QZapAuthenticator m_authenticator;
    QZapAuditLog m_audit;
    std::unique_ptr<RequestFront> m_requests;
    std::unique_ptr<PublicationFront> m_publications;
    std::unique_ptr<MetricsServer> m_metrics;
};

#endif // GATEWAY_H
