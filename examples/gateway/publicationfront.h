// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PUBLICATIONFRONT_H
#define PUBLICATIONFRONT_H

#include "gatewayoptions.h"
#include "publicationcounters.h"

#include <QZap/QZapGuard>

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketNotifier;

// Passes publications of the programs behind it, which are PUB sockets, to clients, which are SUB
// sockets.
//
// The topics that it receives are configured: clients cannot subscribe to anything else, nor end
// the subscription of another client. Each subscription is passed to the guard, which then knows
// the client's connection and ends no other when the client is revoked. A client that reads too
// slowly loses publications, and delays nobody.
class PublicationFront : public QObject
{
    Q_OBJECT

public:
    PublicationFront(zmq::context_t &context, QZapAuthenticator *authenticator,
                     const GatewayOptions::Publications &options, QObject *parent = nullptr);
    ~PublicationFront() override;

    // Secure the socket before calling listen().
    zmq::socket_ref socket() { return m_front; }
    const QZapGuard &guard() const { return m_guard; }
    [[nodiscard]] bool listen(QString *errorMessage);
    QString endpoint() const;
    QString backendEndpoint() const;

    const PublicationCounters &counters() const { return m_counters; }

private:
    void readSubscriptions();
    [[nodiscard]] bool readSubscription();
    void count(const QZapSession &session, bool isSubscription);
    void publish();
    [[nodiscard]] bool publishOne();
    void close();

    const GatewayOptions::Publications m_options;
    zmq::socket_t m_front;
    zmq::socket_t m_back;
    QZapGuard m_guard; // destroyed before the socket
    std::unique_ptr<QZapSocketNotifier> m_frontNotifier;
    std::unique_ptr<QZapSocketNotifier> m_backNotifier;
    QHash<quint64, int> m_subscriptions; // of each session, by its number
    PublicationCounters m_counters;
};

#endif // PUBLICATIONFRONT_H
