// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PUBLICATIONFRONT_H
#define PUBLICATIONFRONT_H

#include "gatewayoptions.h"
#include "guardedpair.h"
#include "publicationcounters.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

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
    zmq::socket_ref socket() { return m_sockets.front(); }
    const QZapGuard &guard() const { return m_sockets.guard(); }
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

    const GatewayOptions::Publications m_options;
    GuardedPair m_sockets;
    QHash<quint64, int> m_subscriptions; // of each session, by its number
    PublicationCounters m_counters;
};

#endif // PUBLICATIONFRONT_H
