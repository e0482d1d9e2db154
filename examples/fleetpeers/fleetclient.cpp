// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fleetclient.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>

#include <string>
#include <vector>

namespace {

std::vector<std::string> receive(zmq::socket_ref socket)
{
    std::vector<std::string> frames;
    zmq::message_t frame;
    do {
        if (!socket.recv(frame, zmq::recv_flags::dontwait))
            break;
        frames.push_back(frame.to_string());
    } while (frame.more());
    return frames;
}

} // namespace

FleetClient::FleetClient(zmq::context_t &context, const QString &name,
                         const QZapCertificate &certificate, const FleetGateway &gateway,
                         QObject *parent)
    : QObject(parent)
    , m_name(name)
    , m_certificate(certificate)
    , m_gateway(gateway)
    , m_requests(context, zmq::socket_type::dealer)
    , m_publications(context, zmq::socket_type::sub)
{
    connect(&m_requests, &WatchedSocket::changed, this, &FleetClient::handleRequestState);
    connect(&m_publications, &WatchedSocket::changed, this, &FleetClient::changed);
    // The guard knows a connection once it has sent something.
    connect(&m_requests, &WatchedSocket::accepted, this, &FleetClient::sendRequest);
}

FleetClient::~FleetClient()
{
    m_requestNotifier.reset(); // before their sockets
    m_publicationNotifier.reset();
}

bool FleetClient::start()
{
    // A DEALER socket queues no requests while it is not connected.
    m_requests.socket().set(zmq::sockopt::immediate, true);
    m_publications.socket().set(zmq::sockopt::subscribe, "");
    if (!m_requests.connectTo(m_gateway.requests, m_certificate, m_gateway.serverKey)
        || !m_publications.connectTo(m_gateway.publications, m_certificate, m_gateway.serverKey)) {
        return false;
    }
    m_requestNotifier = std::make_unique<QZapSocketNotifier>(m_requests.socket());
    m_publicationNotifier = std::make_unique<QZapSocketNotifier>(m_publications.socket());
    connect(m_requestNotifier.get(), &QZapSocketNotifier::readable, this,
            &FleetClient::receiveAnswer);
    connect(m_publicationNotifier.get(), &QZapSocketNotifier::readable, this,
            &FleetClient::receivePublications);
    return true;
}

// Exceptions must not leave a slot.
void FleetClient::sendRequest()
{
    if (m_isWaiting || !m_requests.isAccepted())
        return;
    const std::string number = std::to_string(m_counts.sent + 1);
    try {
        if (!m_requests.socket().send(zmq::buffer(number), zmq::send_flags::dontwait))
            return;
    } catch (const zmq::error_t &error) {
        qWarning("A request was not sent: %s", error.what());
        return;
    }
    ++m_counts.sent;
    m_isWaiting = true;
    m_requestNotifier->recheck();
}

void FleetClient::receiveAnswer()
{
    try {
        const std::vector<std::string> frames = receive(m_requests.socket());
        if (frames.empty())
            return;
        const bool isRight = m_isWaiting && frames.size() == 2 && frames[0] == m_name.toStdString()
                             && frames[1] == std::to_string(m_counts.sent);
        ++(isRight ? m_counts.answered : m_counts.wrong);
        m_isWaiting = m_isWaiting && !isRight;
    } catch (const zmq::error_t &error) {
        qWarning("An answer was not received: %s", error.what());
    }
    Q_EMIT changed();
}

void FleetClient::receivePublications()
{
    try {
        while (!receive(m_publications.socket()).empty()) {
            if (++m_counts.published == 1)
                Q_EMIT changed();
        }
    } catch (const zmq::error_t &error) {
        qWarning("A publication was not received: %s", error.what());
    }
}

void FleetClient::handleRequestState()
{
    if (!m_requests.isAccepted() && m_isWaiting) {
        ++m_counts.lost;
        m_isWaiting = false;
    }
    Q_EMIT changed();
}
