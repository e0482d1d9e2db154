// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "demo.h"

#include "keydirectory.h"
#include "serversockets.h"

#include <QZap/QZapPasswordFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

constexpr int TickInterval = 250; // ms

} // namespace

Demo::Demo(const ServerSockets &server, KeyDirectory &keys, QObject *parent)
    : QObject(parent)
    , m_server(server)
    , m_keys(keys)
{
    const auto known = [this](const QString &name, const QString &address) {
        addKey(Door::Keys, name, address, true);
    };
    known(u"pump-1"_s, u"127.0.1.11"_s);
    known(u"pump-2"_s, u"127.0.1.12"_s);
    known(u"valve-7"_s, u"127.0.1.17"_s);
    known(u"turbine-3"_s, u"127.0.1.33"_s);
    known(u"gateway-north"_s, u"127.0.2.1"_s);
    addKey(Door::Keys, u"pump-9"_s, u"127.0.1.19"_s, false); // its key is not added yet
    add(Door::Keys, {u"scanner"_s, u"127.0.66.6"_s, QZapCertificate::generate(), {}, {}});
    add(Door::Users, {u"Olga"_s, u"127.0.3.4"_s, {}, u"olga"_s, "north sea"});
    add(Door::Users, {u"Ravi"_s, u"127.0.3.5"_s, {}, u"ravi"_s, "monsoon"});
    add(Door::Users, {u"Guesser"_s, u"127.0.3.66"_s, {}, u"admin"_s, "letmein"});
    add(Door::Guests, {u"Visitor"_s, u"127.0.9.21"_s, QZapCertificate::generate(), {}, {}});
    add(Door::Guests, {u"Auditor"_s, u"127.0.9.40"_s, QZapCertificate::generate(), {}, {}});
    m_timer.setInterval(TickInterval);
    connect(&m_timer, &QTimer::timeout, this, &Demo::tick);
}

// These passwords are not secret, and hashing them would only delay the demonstration.
void Demo::writeUsers(const QString &file)
{
    QZapPasswordFile users;
    users.setPassword(u"olga"_s, "north sea", QZapPasswordFile::Format::Plain);
    users.setPassword(u"ravi"_s, "monsoon", QZapPasswordFile::Format::Plain);
    users.save(file);
}

void Demo::addKey(Door door, const QString &name, const QString &address, bool isKnown)
{
    const QZapCertificate certificate = QZapCertificate::generate();
    if (isKnown)
        m_keys.addKey(name, certificate.publicKeyText());
    add(door, {name, address, certificate, {}, {}});
}

void Demo::add(Door door, const DemoPeer::Identity &identity)
{
    auto peer = std::make_unique<DemoPeer>(identity);
    connect(peer.get(), &DemoPeer::stateChanged, this, &Demo::connectedCountChanged);
    // The peers do not all connect at the same time.
    const int first = m_random.bounded(1, door == Door::Guests ? 8 : 12);
    m_visitors.push_back({std::move(peer), door, first});
}

void Demo::setRunning(bool running)
{
    if (running == isRunning())
        return;
    if (running)
        m_timer.start();
    else
        m_timer.stop();
    Q_EMIT runningChanged();
}

int Demo::connectedCount() const
{
    return static_cast<int>(
        std::count_if(m_visitors.begin(), m_visitors.end(), [](const Visitor &visitor) {
            return visitor.peer->state() == DemoPeer::State::In;
        }));
}

void Demo::tick()
{
    for (Visitor &visitor : m_visitors) {
        if (--visitor.ticksLeft > 0)
            continue;
        const DemoPeer::State state = visitor.peer->state();
        if (state == DemoPeer::State::Away || state == DemoPeer::State::Refused) {
            visitor.peer->comeTo(endpointOf(visitor.door), m_server.publicKey());
            visitor.ticksLeft = m_random.bounded(4, visitor.door == Door::Guests ? 120 : 28);
        } else if (state == DemoPeer::State::Connecting && visitor.door == Door::Guests) {
            visitor.ticksLeft = 40; // waits for a decision
        } else {
            visitor.peer->leave();
            visitor.ticksLeft = m_random.bounded(1, 10);
        }
    }
}

QString Demo::endpointOf(Door door) const
{
    switch (door) {
    case Door::Keys:
        return m_server.keysEndpoint();
    case Door::Users:
        return m_server.usersEndpoint();
    case Door::Guests:
        break;
    }
    return m_server.guestsEndpoint();
}
