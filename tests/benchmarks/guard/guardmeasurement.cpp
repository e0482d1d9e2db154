// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardmeasurement.h"

#include "guard/stormmeasurement.h"
#include "latenessrecorder.h"
#include "stopwatch.h"
#include "waiting.h"

#include <QtCore/qtextstream.h>

#include <algorithm>
#include <optional>

using namespace std::chrono_literals;

namespace {

constexpr int Calls = 200'000; // of isAuthorized()
constexpr int Reviews = 20;    // in each round

} // namespace

GuardMeasurement::GuardMeasurement(const Options &options, Results *results)
    : m_options(options)
    , m_results(*results)
    , m_devices(options.connections)
{ }

bool GuardMeasurement::run(QString *errorMessage)
{
    m_figures.connections = m_options.connections;
    m_figures.devices = m_options.devices;
    m_figures.keys = std::max(m_options.keys, m_options.connections + 1);
    const bool ok = m_keyList.create(m_devices.keyList(m_figures.keys), errorMessage)
                    && measureSessions(errorMessage) && measureStorm(errorMessage);
    if (ok)
        m_results.guarding = m_figures;
    return ok;
}

bool GuardMeasurement::measureSessions(QString *errorMessage)
{
    {
        QTextStream(stderr) << "guard: ROUTER" << Qt::endl;
        GuardedServer server(m_devices);
        if (!server.start(m_keyList.path(), errorMessage)
            || !server.connectAll(zmq::socket_type::router, errorMessage)) {
            return false;
        }
        measureIsAuthorized(&server);
        if (!measureReviews(&server, errorMessage) || !measureKeyChanges(&server, errorMessage)
            || !measureCuts(&server, "ROUTER", errorMessage)) {
            return false;
        }
    }
    QTextStream(stderr) << "guard: XPUB" << Qt::endl;
    GuardedServer server(m_devices);
    return server.start(m_keyList.path(), errorMessage)
           && server.connectAll(zmq::socket_type::xpub, errorMessage)
           && measureCuts(&server, "XPUB", errorMessage);
}

// Of one peer, and of all peers in turn, with the processor's caches as a server has them.
void GuardMeasurement::measureIsAuthorized(GuardedServer *server)
{
    const QZapGuard &guard = server->guard();
    std::vector<zmq::message_t> &messages = server->messages();
    for (int round = 0; round < m_options.rounds; ++round) {
        const Stopwatch one;
        for (int i = 0; i < Calls; ++i)
            (void)guard.isAuthorized(messages.front());
        m_figures.isAuthorized.add(one.elapsed().seconds / Calls);
        const Stopwatch all;
        for (int i = 0; i < Calls; ++i)
            (void)guard.isAuthorized(messages[static_cast<size_t>(i) % messages.size()]);
        m_figures.isAuthorizedInTurn.add(all.elapsed().seconds / Calls);
    }
}

// A change of the rules that concerns nobody: all sessions are judged again.
bool GuardMeasurement::measureReviews(GuardedServer *server, QString *errorMessage)
{
    for (int round = 0; round < m_options.rounds; ++round) {
        double seconds = 0;
        for (int i = 0; i < Reviews; ++i) {
            server->authenticator().setDeniedAddresses(
                {QStringLiteral("192.0.2.%1").arg(round % 2 * Reviews + i)});
            const Stopwatch watch;
            server->guard().sweep();
            seconds += watch.elapsed().seconds;
        }
        m_figures.judging.add(seconds / Reviews / static_cast<double>(m_devices.count()));
    }
    if (server->guard().revokedCount() == 0)
        return true;
    *errorMessage = QStringLiteral("a change that concerns nobody has ended sessions");
    return false;
}

// A key is removed whose peer is not connected: all keys are compared. The event loop runs
// meanwhile.
bool GuardMeasurement::measureKeyChanges(GuardedServer *server, QString *errorMessage)
{
    LatenessRecorder recorder(QStringLiteral("qzap-guard"), QLatin1StringView(IdleGuardLoop),
                              {QLatin1StringView(GuardComparesLoop)});
    const QZapCredentials last = QZapCredentials::curve(Devices::otherKey(m_figures.keys - 1));
    for (int round = 0; round < m_options.rounds; ++round) {
        const qint64 keys = m_figures.keys - (round + 1) % 2;
        if (!m_keyList.prepare(m_devices.keyList(keys), errorMessage))
            return false;
        recorder.watchIdleLoop();
        recorder.start();
        if (!m_keyList.replace(errorMessage))
            return false;
        const bool expected = keys == m_figures.keys;
        const auto isInForce = [&] {
            return (server->authenticator()
                        .evaluate(GuardedServer::domain(), QStringLiteral("127.0.0.1"), last)
                        .status()
                    == QZap::Status::Success)
                   == expected;
        };
        if (!runLoopUntil(isInForce)) {
            *errorMessage = QStringLiteral("a change of the key list is not in force");
            return false;
        }
        runLoop(2s); // more than a comparison takes
        recorder.stop(1);
    }
    m_results.timers += recorder.rows();
    return true;
}

bool GuardMeasurement::measureCuts(GuardedServer *server, const char *socket, QString *errorMessage)
{
    CutRow row{QString::fromLatin1(socket), {}, 0};
    const qint64 count = std::min(m_options.connections / 2, 10 * m_options.revocations);
    QString revoked;
    bool hasEnded = false;
    std::optional<Stopwatch> watch;
    const auto ended = [&](const QZapSession &session) {
        if (session.userId() != revoked) {
            ++row.others;
            return;
        }
        row.seconds.add(watch->elapsed().seconds);
        hasEnded = true;
    };
    const auto connection = QObject::connect(&server->guard(), &QZapGuard::disconnected, ended);
    for (qint64 i = 0; i < count; ++i) {
        revoked = Devices::userId(i);
        hasEnded = false;
        watch.emplace();
        server->authenticator().revoke(revoked);
        if (!runLoopUntil([&] { return hasEnded; })) {
            *errorMessage = QStringLiteral("the connection of a revoked peer is not ended");
            return false;
        }
    }
    QObject::disconnect(connection);
    row.others += server->guard().silentDisconnectionCount();
    m_figures.cuts.append(row);
    return true;
}

bool GuardMeasurement::measureStorm(QString *errorMessage)
{
    return StormMeasurement(m_options, m_devices, m_keyList.path(), &m_figures).run(errorMessage);
}
