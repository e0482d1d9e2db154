// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FLEETBACKEND_H
#define FLEETBACKEND_H

#include "fleetgateway.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <zmq.hpp>

#include <memory>

class QZapSocketNotifier;

// The programs behind a gateway: one that sends each request back, with the user id that the
// gateway has put before it, and one that publishes.
class FleetBackend : public QObject
{
    Q_OBJECT

public:
    FleetBackend(zmq::context_t &context, const FleetGateway &gateway, QObject *parent = nullptr);
    ~FleetBackend() override;

private:
    void answer();
    void publish();

    zmq::socket_t m_worker;
    zmq::socket_t m_publisher;
    std::unique_ptr<QZapSocketNotifier> m_notifier;
    QTimer m_timer;
};

#endif // FLEETBACKEND_H
