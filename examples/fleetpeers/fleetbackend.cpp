// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fleetbackend.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>

#include <vector>

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
        for (int i = 0; i < MaximumBatch; ++i) {
            std::vector<zmq::message_t> frames; // the first one is the user id
            do {
                if (!m_worker.recv(frames.emplace_back(), zmq::recv_flags::dontwait))
                    return;
            } while (frames.back().more());
            for (zmq::message_t &frame : frames) {
                const bool isLast = &frame == &frames.back();
                m_worker.send(frame, isLast ? zmq::send_flags::none : zmq::send_flags::sndmore);
            }
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
