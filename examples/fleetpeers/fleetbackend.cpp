// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fleetbackend.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>

namespace {

constexpr int MaximumBatch = 64;
constexpr std::chrono::milliseconds PublicationInterval{50};

} // namespace

//! [worker]
FleetBackend::FleetBackend(zmq::context_t &context, const FleetGateway &gateway, QObject *parent)
    : QObject(parent)
    , m_worker(context, zmq::socket_type::rep)
    , m_publisher(context, zmq::socket_type::pub)
{
    for (zmq::socket_t *const socket : {&m_worker, &m_publisher})
        socket->set(zmq::sockopt::linger, 0);
    m_worker.connect(gateway.requestsBackend.toStdString());
    m_publisher.connect(gateway.publicationsBackend.toStdString());
    m_notifier = std::make_unique<QZapSocketNotifier>(m_worker);
    connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &FleetBackend::answer);
    m_timer.callOnTimeout(this, &FleetBackend::publish);
    m_timer.start(PublicationInterval);
}

FleetBackend::~FleetBackend()
{
    m_notifier.reset(); // before its socket
}

// Exceptions must not leave a slot.
void FleetBackend::answer()
{
    try {
        zmq::message_t frame; // the first one is the user id
        for (int i = 0; i < MaximumBatch && m_worker.recv(frame, zmq::recv_flags::dontwait);) {
            const bool hasMore = frame.more();
            m_worker.send(frame, hasMore ? zmq::send_flags::sndmore : zmq::send_flags::none);
            i += hasMore ? 0 : 1;
        }
    } catch (const zmq::error_t &error) {
        qWarning("A request was not answered: %s", error.what());
    }
}
//! [worker]

void FleetBackend::publish()
{
    try {
        m_publisher.send(zmq::str_buffer("time"), zmq::send_flags::dontwait);
    } catch (const zmq::error_t &error) {
        qWarning("Nothing was published: %s", error.what());
    }
}
