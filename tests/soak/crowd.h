// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CROWD_H
#define CROWD_H

#include "dice.h"
#include "findings.h"
#include "people.h"

#include <zmq.hpp>

#include <string>
#include <vector>

// Real server sockets, and real peers that connect and disconnect.
class Crowd
{
public:
    Crowd(zmq::context_t &context, const People &people, Findings &findings);

    void comeAndGo(Dice *dice);
    void sendHome() { m_peers.clear(); }
    // Receives messages, and reports those of peers that the vault does not know.
    void receive();
    int receivedCount() const { return m_received; }

private:
    zmq::socket_t makeServer();
    static std::string bind(zmq::socket_t *server);
    zmq::socket_t makePeer(Dice *dice);

    zmq::context_t &m_context;
    const People &m_people;
    Findings &m_findings;
    zmq::socket_t m_null;
    zmq::socket_t m_plain;
    zmq::socket_t m_curve;
    std::string m_nullEndpoint;
    std::string m_plainEndpoint;
    std::string m_curveEndpoint;
    std::vector<zmq::socket_t> m_peers;
    int m_received = 0;
};

#endif // CROWD_H
