// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "crowd.h"

#include "questionmaker.h"

#include <QZap/qzap.h>

namespace {
constexpr size_t MaximumPeers = 12;
} // namespace

Crowd::Crowd(zmq::context_t &context, const People &people, Findings &findings)
    : m_context(context)
    , m_people(people)
    , m_findings(findings)
    , m_null(makeServer())
    , m_plain(makeServer())
    , m_curve(makeServer())
{
    const QString vault = QString::fromLatin1(QuestionMaker::vault());
    m_findings.expect(QZap::secureNull(m_null, QStringLiteral("lab"))
                          && QZap::securePlain(m_plain, vault)
                          && QZap::secureCurve(m_curve, vault, people.server),
                      "the server sockets are not secured");
    m_nullEndpoint = bind(&m_null);
    m_plainEndpoint = bind(&m_plain);
    m_curveEndpoint = bind(&m_curve);
}

zmq::socket_t Crowd::makeServer()
{
    zmq::socket_t server(m_context, zmq::socket_type::pull);
    server.set(zmq::sockopt::linger, 0);
    return server;
}

std::string Crowd::bind(zmq::socket_t *server)
{
    server->bind("tcp://127.0.0.1:*");
    return server->get(zmq::sockopt::last_endpoint);
}

void Crowd::comeAndGo(Dice *dice)
{
    if (!m_peers.empty() && (m_peers.size() >= MaximumPeers || dice->oneIn(3)))
        m_peers.erase(m_peers.begin() + dice->below(static_cast<int>(m_peers.size())));
    else
        m_peers.push_back(makePeer(dice));
}

zmq::socket_t Crowd::makePeer(Dice *dice)
{
    zmq::socket_t peer(m_context, zmq::socket_type::push);
    peer.set(zmq::sockopt::linger, 0);
    const bool isKnown = dice->flip();
    switch (dice->below(3)) {
    case 0:
        peer.connect(m_nullEndpoint);
        break;
    case 1:
        peer.set(zmq::sockopt::plain_username, isKnown ? "alice" : "mallory");
        peer.set(zmq::sockopt::plain_password, People::Password);
        peer.connect(m_plainEndpoint);
        break;
    default: {
        const QZapCertificate &key = isKnown ? m_people.alice : m_people.mallory;
        peer.set(zmq::sockopt::curve_publickey, key.publicKeyText().toStdString());
        peer.set(zmq::sockopt::curve_secretkey, key.secretKeyText().toStdString());
        peer.set(zmq::sockopt::curve_serverkey, m_people.server.publicKeyText().toStdString());
        peer.connect(m_curveEndpoint);
        break;
    }
    }
    peer.send(isKnown ? zmq::str_buffer("alice") : zmq::str_buffer("mallory"),
              zmq::send_flags::dontwait);
    return peer;
}

void Crowd::receive()
{
    zmq::message_t message;
    while (m_null.recv(message, zmq::recv_flags::dontwait))
        ++m_received;
    for (zmq::socket_t *const server : {&m_plain, &m_curve}) {
        while (server->recv(message, zmq::recv_flags::dontwait)) {
            ++m_received;
            m_findings.expect(message.to_string_view() == "alice",
                              "LET IN a real peer whom the vault does not know");
        }
    }
}
