// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/stormmeasurement.h"

#include "guard/deviceprocesses.h"
#include "handlers/rawanswers.h"
#include "latenessprobe.h"
#include "stopwatch.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapguard.h>
#include <QZap/qzapsocketnotifier.h>

#include <QtCore/qtextstream.h>

#include <thread>

using namespace std::chrono_literals;

namespace {

constexpr int Backlog = 4096;
constexpr int MaximumRounds = 3;         // each takes some time
constexpr auto LongestConnecting = 30ms; // of a device, if others are connecting

// Returns an endpoint that nobody listens on.
std::string freeEndpoint(zmq::context_t *context)
{
    zmq::socket_t socket(*context, zmq::socket_type::pull);
    socket.bind("tcp://127.0.0.1:*");
    return socket.get(zmq::sockopt::last_endpoint);
}

bool secure(zmq::socket_t *socket, const Devices &devices)
{
    socket->set(zmq::sockopt::linger, 0);
    socket->set(zmq::sockopt::backlog, Backlog);
    socket->set(zmq::sockopt::rcvhwm, 0);
    return QZap::secureCurve(*socket, QStringLiteral("storm"), devices.server());
}

// A server that accepts everybody.
class RawServer
{
public:
    RawServer()
        : m_socket(context, zmq::socket_type::router)
    {
        m_socket.bind("inproc://zeromq.zap.01");
        m_thread = std::thread([this] {
            RawAnswers(m_socket.handle()).run(0); // until the context is shut down
            m_socket.close();
        });
    }
    ~RawServer()
    {
        context.shutdown();
        m_thread.join();
    }
    RawServer(const RawServer &) = delete;
    RawServer &operator=(const RawServer &) = delete;

    zmq::context_t context;

private:
    zmq::socket_t m_socket;
    std::thread m_thread;
};

} // namespace

StormMeasurement::StormMeasurement(const Options &options, const Devices &devices,
                                   const QString &keyList, Guarding *figures)
    : m_options(options)
    , m_devices(devices)
    , m_keyList(keyList)
    , m_figures(*figures)
{ }

bool StormMeasurement::run(QString *errorMessage)
{
    if (!DeviceProcesses::makeRoom(m_options.devices, errorMessage)
        || !m_keyPairs.create(m_devices.keyPairs(), errorMessage)) {
        return false;
    }
    const int rounds = std::min(m_options.rounds, MaximumRounds);
    for (int round = 0; round < rounds; ++round) {
        QTextStream(stderr) << "guard: storm, round " << round + 1 << " of " << rounds << Qt::endl;
        const bool isRawFirst = round % 2 == 0;
        std::optional<Storm> raw;
        if (isRawFirst && !(raw = measureRaw(errorMessage)))
            return false;
        const std::optional<Storm> guarded = measureGuarded(errorMessage);
        if (!guarded || (!isRawFirst && !(raw = measureRaw(errorMessage))))
            return false;
        m_figures.rawStorm.add(raw->seconds);
        m_figures.storm.add(guarded->seconds);
        m_figures.stormRatio.add(guarded->seconds / raw->seconds);
        m_figures.rawLateness.add(raw->lateness.percentile(0.99));
        m_figures.lateness.add(guarded->lateness.percentile(0.99));
    }
    return true;
}

std::optional<StormMeasurement::Storm> StormMeasurement::measureRaw(QString *errorMessage) const
{
    RawServer server;
    zmq::socket_t socket(server.context, zmq::socket_type::pull);
    if (!secure(&socket, m_devices)) {
        *errorMessage = QStringLiteral("the socket is not secured");
        return std::nullopt;
    }
    return measure(
        &socket, [](const zmq::message_t &) { return true; }, errorMessage);
}

std::optional<StormMeasurement::Storm> StormMeasurement::measureGuarded(QString *errorMessage) const
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    zmq::socket_t socket(context, zmq::socket_type::pull);
    QZapGuard guard(&authenticator);
    if (!authenticator.configureCurve(QStringLiteral("storm"), m_keyList)
        || !waitUntilReady(authenticator) || !authenticator.start() || !secure(&socket, m_devices)
        || !guard.setSocket(socket)) {
        *errorMessage = authenticator.errorString() + guard.errorString();
        return std::nullopt;
    }
    return measure(
        &socket, [&guard](const zmq::message_t &message) { return guard.isAuthorized(message); },
        errorMessage);
}

std::optional<StormMeasurement::Storm>
StormMeasurement::measure(zmq::socket_t *socket,
                          const std::function<bool(const zmq::message_t &)> &isWanted,
                          QString *errorMessage) const
{
    zmq::context_t context;
    const std::string endpoint = freeEndpoint(&context);
    DeviceProcesses devices;
    if (!devices.start(QString::fromStdString(endpoint), m_devices.server().publicKeyText(),
                       m_keyPairs.path(), m_options.devices, errorMessage)) {
        return std::nullopt;
    }
    qint64 received = 0;
    QZapSocketNotifier notifier(*socket);
    QObject::connect(&notifier, &QZapSocketNotifier::readable, [&] {
        zmq::message_t message;
        for (int i = 0; i < 64 && socket->recv(message, zmq::recv_flags::dontwait); ++i)
            received += isWanted(message) ? 1 : 0;
    });
    Storm result;
    LatenessProbe probe;
    probe.start();
    const Stopwatch watch;
    socket->bind(endpoint);
    const bool ok = runLoopUntil(
        [&] { return received >= m_options.devices; },
        std::max<std::chrono::milliseconds>(1min, m_options.devices * LongestConnecting));
    result.seconds = watch.elapsed().seconds;
    const auto timeouts = probe.stop();
    for (const LatenessProbe::Timeout &timeout : timeouts)
        result.lateness.add(timeout.lateness);
    if (ok)
        return result;
    *errorMessage =
        QStringLiteral("%1 of %2 devices have connected").arg(received).arg(m_options.devices);
    return std::nullopt;
}
