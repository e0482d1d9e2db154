// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connector.h"

#include <zmq.h>

#include <array>
#include <chrono>
#include <cstring>

namespace {

constexpr int HandshakeTimeout = 30000; // ms; exceeded only if a handler has failed

bool set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

bool set(void *socket, int option, const char *text)
{
    return zmq_setsockopt(socket, option, text, std::strlen(text)) == 0;
}

} // namespace

Connector::Connector(const HandshakeLoad &load)
    : m_load(load)
    , m_clients(static_cast<std::size_t>(load.parallel))
{ }

Connector::~Connector()
{
    for (void *client : m_clients) {
        if (client)
            zmq_close(client);
    }
    if (m_server)
        zmq_close(m_server);
}

bool Connector::run(HandshakeResult *result)
{
    using Clock = std::chrono::steady_clock;
    if (!openServer())
        return false;
    for (std::size_t slot = 0; slot < m_clients.size(); ++slot) {
        if (!openClient(slot))
            return false;
    }
    // Spreads the beginnings of the connections.
    for (std::size_t i = 0; i < m_clients.size(); ++i) {
        if (!exchange())
            return false;
    }
    const auto before = Clock::now();
    *result = {};
    do {
        const double begin = result->seconds;
        if (!exchange())
            return false;
        ++result->handshakes;
        result->seconds = std::chrono::duration<double>(Clock::now() - before).count();
        if (m_clients.size() == 1)
            m_latencies.push_back(result->seconds - begin);
    } while (result->seconds < m_load.seconds);
    return true;
}

bool Connector::openServer()
{
    m_server = zmq_socket(m_load.context, ZMQ_PULL);
    if (!m_server)
        return false;
    bool secured = set(m_server, ZMQ_ZAP_DOMAIN, m_load.domain);
    if (isMechanism("PLAIN"))
        secured = secured && set(m_server, ZMQ_PLAIN_SERVER, 1);
    if (isMechanism("CURVE")) {
        secured = secured && set(m_server, ZMQ_CURVE_SERVER, 1)
                  && set(m_server, ZMQ_CURVE_SECRETKEY, m_load.serverSecretKey);
    }
    if (!secured || !set(m_server, ZMQ_LINGER, 0) || !set(m_server, ZMQ_BACKLOG, 1024)
        || !set(m_server, ZMQ_RCVTIMEO, HandshakeTimeout)
        || zmq_bind(m_server, "tcp://127.0.0.1:*") != 0)
        return false;
    std::array<char, 64> endpoint = {};
    std::size_t size = endpoint.size();
    if (zmq_getsockopt(m_server, ZMQ_LAST_ENDPOINT, endpoint.data(), &size) != 0)
        return false;
    m_endpoint = endpoint.data();
    return true;
}

bool Connector::openClient(std::size_t slot)
{
    void *client = zmq_socket(m_load.context, ZMQ_PUSH);
    m_clients[slot] = client;
    if (!client)
        return false;
    bool secured = true;
    if (isMechanism("PLAIN")) {
        secured = set(client, ZMQ_PLAIN_USERNAME, m_load.user)
                  && set(client, ZMQ_PLAIN_PASSWORD, m_load.password);
    }
    if (isMechanism("CURVE")) {
        secured = set(client, ZMQ_CURVE_PUBLICKEY, m_load.publicKey)
                  && set(client, ZMQ_CURVE_SECRETKEY, m_load.secretKey)
                  && set(client, ZMQ_CURVE_SERVERKEY, m_load.serverPublicKey);
    }
    return secured && set(client, ZMQ_LINGER, 0) && zmq_connect(client, m_endpoint.c_str()) == 0
           && zmq_send(client, &slot, sizeof slot, 0) >= 0;
}

bool Connector::exchange()
{
    std::size_t slot = 0;
    if (zmq_recv(m_server, &slot, sizeof slot, 0) != sizeof slot || slot >= m_clients.size())
        return false;
    zmq_close(m_clients[slot]);
    m_clients[slot] = nullptr;
    return openClient(slot);
}

bool Connector::isMechanism(const char *name) const
{
    return std::strcmp(m_load.mechanism, name) == 0;
}
