// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONNECTOR_H
#define CONNECTOR_H

#include "load.h"

#include <string>
#include <vector>

// Makes consecutive TCP connections to its own server: each client sends one message and is closed
// when the server has received it, after the complete handshake.
class Connector
{
public:
    explicit Connector(const HandshakeLoad &load);
    ~Connector();
    Connector(const Connector &) = delete;
    Connector &operator=(const Connector &) = delete;

    bool run(HandshakeResult *result);
    const std::vector<double> &latencies() const { return m_latencies; }

private:
    bool openServer();
    bool openClient(std::size_t slot);
    // Waits for the message of a client, and replaces the client with a new one.
    bool exchange();
    bool isMechanism(const char *name) const;

    const HandshakeLoad &m_load;
    void *m_server = nullptr;
    std::string m_endpoint;
    std::vector<void *> m_clients;
    std::vector<double> m_latencies;
};

#endif // CONNECTOR_H
