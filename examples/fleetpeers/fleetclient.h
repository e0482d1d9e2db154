// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FLEETCLIENT_H
#define FLEETCLIENT_H

#include "fleetgateway.h"
#include "watchedsocket.h"

#include <memory>

class QZapSocketNotifier;

// A client of one gateway, with a DEALER socket for requests and a SUB socket for publications.
class FleetClient : public QObject
{
    Q_OBJECT

public:
    struct Counts
    {
        qint64 sent = 0;
        qint64 answered = 0;
        qint64 lost = 0;  // the connection ended before the answer
        qint64 wrong = 0; // answers that are not the request with the client's own name
        qint64 published = 0;
    };

    FleetClient(zmq::context_t &context, const QString &name, const QZapCertificate &certificate,
                const FleetGateway &gateway, QObject *parent = nullptr);
    ~FleetClient() override;

    [[nodiscard]] bool start();
    // Sends a request, if the client is connected and the last one has been answered.
    void sendRequest();
    bool isWaitingForAnswer() const { return m_isWaiting; }

    const WatchedSocket &requests() const { return m_requests; }
    const WatchedSocket &publications() const { return m_publications; }
    const Counts &counts() const { return m_counts; }

Q_SIGNALS:
    void changed();

private:
    void receiveAnswer();
    void receivePublications();
    void handleRequestState();

    const QString m_name;
    const QZapCertificate m_certificate;
    const FleetGateway m_gateway;
    WatchedSocket m_requests;
    WatchedSocket m_publications;
    std::unique_ptr<QZapSocketNotifier> m_requestNotifier;
    std::unique_ptr<QZapSocketNotifier> m_publicationNotifier;
    bool m_isWaiting = false;
    Counts m_counts;
};

#endif // FLEETCLIENT_H
