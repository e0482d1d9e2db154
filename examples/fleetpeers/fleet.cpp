// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "fleet.h"

#include "fleetbackend.h"

#include <QtCore/qfile.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto ConnectionTimeout = 30s;
constexpr auto RevocationTimeout = 10s;
constexpr auto AnswerTimeout = 10s;

QString failed(const QString &why)
{
    return u"failed "_s + why;
}

} // namespace

Fleet::Fleet(zmq::context_t &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    m_load.callOnTimeout(this, &Fleet::sendRequests);
    m_timeout.setSingleShot(true);
    m_timeout.callOnTimeout(this, [this] {
        m_condition = nullptr;
        Q_EMIT answered(failed(u"timeout: "_s + m_text()));
    });
}

Fleet::~Fleet() = default;

void Fleet::execute(const QString &command)
{
    const QStringList arguments = command.split(u' ', Qt::SkipEmptyParts);
    const QString name = arguments.value(0);
    const QStringList rest = arguments.mid(1);
    if (m_condition)
        Q_EMIT answered(failed(u"another command is waiting"_s));
    else if (name == "keys"_L1)
        Q_EMIT answered(makeKeys(rest));
    else if (name == "gateway"_L1)
        Q_EMIT answered(addGateway(rest));
    else if (name == "connect"_L1)
        Q_EMIT answered(connectClients(rest));
    else if (name == "load"_L1)
        Q_EMIT answered(setLoad(rest));
    else if (name == "connected"_L1)
        awaitConnected(rest);
    else if (name == "refused"_L1)
        awaitRefused(rest);
    else if (name == "revoked"_L1)
        awaitRevoked(rest);
    else if (name == "settled"_L1)
        awaitAnswers();
    else if (name == "state"_L1)
        Q_EMIT answered(stateText(rest));
    else if (name == "counts"_L1)
        Q_EMIT answered(countsText());
    else
        Q_EMIT answered(failed(u"there is no command '%1'"_s.arg(name)));
}

// keys FILE NAME...: makes keys and writes the public ones to a key list.
QString Fleet::makeKeys(const QStringList &arguments)
{
    QFile file(arguments.value(0));
    if (arguments.size() < 2 || !file.open(QIODevice::WriteOnly))
        return failed(u"%1: %2"_s.arg(file.fileName(), file.errorString()));
    for (const QString &name : arguments.mid(1)) {
        const QZapCertificate certificate = QZapCertificate::generate();
        m_certificates.insert(name, certificate);
        file.write(u"%1 %2\n"_s.arg(certificate.publicKeyText(), name).toUtf8());
    }
    return file.flush() ? u"ok"_s : failed(file.errorString());
}

// gateway REQUESTS BACKEND PUBLICATIONS BACKEND KEY
QString Fleet::addGateway(const QStringList &arguments)
{
    if (arguments.size() != 5)
        return failed(u"a gateway has four endpoints and a key"_s);
    const FleetGateway gateway{arguments[0], arguments[1], arguments[2], arguments[3],
                               arguments[4]};
    try {
        m_backends.push_back(std::make_unique<FleetBackend>(m_context, gateway));
    } catch (const zmq::error_t &error) {
        return failed(QString::fromLocal8Bit(error.what()));
    }
    m_gateways.push_back(gateway);
    return u"ok"_s;
}

// connect NAME...: connects these clients to each gateway.
QString Fleet::connectClients(const QStringList &arguments)
{
    for (const QString &name : arguments) {
        if (!m_certificates.contains(name) || m_clients.contains(name))
            return failed(u"%1 has no key, or is connected already"_s.arg(name));
        auto clients = std::make_shared<Clients>();
        for (const FleetGateway &gateway : m_gateways) {
            auto client =
                std::make_unique<FleetClient>(m_context, name, m_certificates.value(name), gateway);
            connect(client.get(), &FleetClient::changed, this, &Fleet::checkCondition);
            if (!client->start())
                return failed(u"%1 cannot connect"_s.arg(name));
            clients->push_back(std::move(client));
        }
        m_clients.insert(name, clients);
    }
    return u"ok"_s;
}

// load MILLISECONDS: each client sends a request at this interval, once the last one is answered.
// 0: none.
QString Fleet::setLoad(const QStringList &arguments)
{
    const int interval = arguments.value(0).toInt();
    if (interval > 0)
        m_load.start(interval);
    else
        m_load.stop();
    return u"ok"_s;
}

// connected NAME...: waits until they are accepted by all gateways, and have got an answer and a
// publication from each.
void Fleet::awaitConnected(const QStringList &arguments)
{
    const auto clients = clientsOf(arguments);
    const auto isConnected = [](const FleetClient *client) {
        return client->requests().isAccepted() && client->publications().isAccepted()
               && client->counts().answered > 0 && client->counts().published > 0;
    };
    await([clients,
           isConnected] { return std::all_of(clients.cbegin(), clients.cend(), isConnected); },
          [clients, isConnected] {
              return u"%1 of %2"_s.arg(std::count_if(clients.cbegin(), clients.cend(), isConnected))
                  .arg(clients.size());
          },
          ConnectionTimeout);
}

// refused NAME...: waits until they are refused by all gateways.
void Fleet::awaitRefused(const QStringList &arguments)
{
    const auto sockets = socketsOf(arguments);
    const auto isRefused = [](const WatchedSocket *socket) {
        return socket->state() == WatchedSocket::State::Refused;
    };
    await([sockets, isRefused] { return std::all_of(sockets.cbegin(), sockets.cend(), isRefused); },
          [sockets, isRefused] {
              return u"%1 of %2"_s.arg(std::count_if(sockets.cbegin(), sockets.cend(), isRefused))
                  .arg(sockets.size());
          },
          ConnectionTimeout);
}

// revoked NAME SINCE: waits until all its connections have ended, and each attempt to return was
// refused. Answers with the times of the last of either, in milliseconds after SINCE.
void Fleet::awaitRevoked(const QStringList &arguments)
{
    const auto sockets = socketsOf(arguments.mid(0, 1));
    const qint64 since = arguments.value(1).toLongLong();
    const auto isRefused = [](const WatchedSocket *socket) {
        return socket->state() == WatchedSocket::State::Refused && socket->disconnections() > 0;
    };
    await([sockets, isRefused] { return std::all_of(sockets.cbegin(), sockets.cend(), isRefused); },
          [sockets, isRefused, since] {
              qint64 cut = 0;
              qint64 refused = 0;
              for (const WatchedSocket *const socket : sockets) {
                  cut = std::max(cut, socket->disconnectedAt() - since);
                  refused = std::max(refused, socket->refusedAt() - since);
              }
              return u"%1 %2 %3"_s.arg(cut).arg(refused).arg(
                  std::count_if(sockets.cbegin(), sockets.cend(), isRefused));
          },
          RevocationTimeout);
}

// settled: waits until no request is without an answer.
void Fleet::awaitAnswers()
{
    await(
        [this] {
            for (const auto &clients : std::as_const(m_clients)) {
                for (const auto &client : *clients) {
                    if (client->isWaitingForAnswer())
                        return false;
                }
            }
            return true;
        },
        [this] { return countsText(); }, AnswerTimeout);
}

// state NAME: how many of its connections are accepted, refused, and without an answer, and how
// often one that was accepted has ended.
QString Fleet::stateText(const QStringList &arguments) const
{
    const auto sockets = socketsOf(arguments);
    const auto count = [&sockets](WatchedSocket::State state) {
        return std::count_if(sockets.cbegin(), sockets.cend(),
                             [state](const auto *socket) { return socket->state() == state; });
    };
    int disconnections = 0;
    for (const WatchedSocket *const socket : sockets)
        disconnections += socket->disconnections();
    return u"ok accepted %1 refused %2 waiting %3 disconnections %4"_s
        .arg(count(WatchedSocket::State::Accepted))
        .arg(count(WatchedSocket::State::Refused))
        .arg(count(WatchedSocket::State::Waiting) + count(WatchedSocket::State::Disconnected))
        .arg(disconnections);
}

// counts: of all requests
QString Fleet::countsText() const
{
    FleetClient::Counts sum;
    for (const auto &clients : m_clients) {
        for (const auto &client : *clients) {
            sum.sent += client->counts().sent;
            sum.answered += client->counts().answered;
            sum.lost += client->counts().lost;
            sum.wrong += client->counts().wrong;
            sum.published += client->counts().published;
        }
    }
    return u"ok sent %1 answered %2 lost %3 wrong %4 published %5"_s.arg(sum.sent)
        .arg(sum.answered)
        .arg(sum.lost)
        .arg(sum.wrong)
        .arg(sum.published);
}

void Fleet::await(const Condition &condition, const Text &text, std::chrono::milliseconds timeout)
{
    m_condition = condition;
    m_text = text;
    m_timeout.start(timeout);
    checkCondition();
}

void Fleet::checkCondition()
{
    if (!m_condition || !m_condition())
        return;
    m_condition = nullptr;
    m_timeout.stop();
    const QString text = m_text();
    Q_EMIT answered(text.startsWith("ok"_L1) ? text : u"ok "_s + text);
}

std::vector<const FleetClient *> Fleet::clientsOf(const QStringList &names) const
{
    std::vector<const FleetClient *> clients;
    for (const QString &name : names) {
        if (const auto all = m_clients.value(name)) {
            for (const auto &client : *all)
                clients.push_back(client.get());
        }
    }
    return clients;
}

std::vector<const WatchedSocket *> Fleet::socketsOf(const QStringList &names) const
{
    std::vector<const WatchedSocket *> sockets;
    for (const FleetClient *const client : clientsOf(names)) {
        sockets.push_back(&client->requests());
        sockets.push_back(&client->publications());
    }
    return sockets;
}

void Fleet::sendRequests()
{
    for (const auto &clients : std::as_const(m_clients)) {
        for (const auto &client : *clients)
            client->sendRequest();
    }
}
