// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedclient.h"

#include <QZap/QZapSocketNotifier>

#include <vector>

using namespace Qt::StringLiterals;

namespace {

// A server with a different key closes the connection without an answer, and so does one that is
// too busy, for which a retry is worthwhile.
constexpr int MaximumClosedEarly = 3;
constexpr int ReconnectInterval = 100; // ms
constexpr int RepeatInterval = 100;    // ms

QString textOf(const zmq::message_t &frame)
{
    return QString::fromUtf8(frame.data<char>(), static_cast<qsizetype>(frame.size()));
}

} // namespace

GuardedClient::GuardedClient(zmq::context_t &context, QObject *parent)
    : QObject(parent)
    , m_socket(context, zmq::socket_type::dealer)
    , m_monitor(m_socket)
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::reconnect_ivl, ReconnectInterval);
    m_timer.setSingleShot(true);
    m_repeat.setSingleShot(true);
    m_repeat.setInterval(RepeatInterval);
    connect(&m_timer, &QTimer::timeout, this, &GuardedClient::timeOut);
    connect(&m_repeat, &QTimer::timeout, this, &GuardedClient::sendLine);
    connect(&m_monitor, &QZapSocketMonitor::connected, this, [this] { m_connected = true; });
    connect(&m_monitor, &QZapSocketMonitor::accepted, this, &GuardedClient::handleAcceptance);
    connect(&m_monitor, &QZapSocketMonitor::disconnected, this,
            &GuardedClient::handleDisconnection);
    connect(&m_monitor, &QZapSocketMonitor::refused, this, [this](QZap::Status status) {
        end();
        Q_EMIT failed(ExitCode::Refused, u"the server refused the handshake with status %1"_s.arg(
                                             static_cast<int>(status)));
    });
    connect(&m_monitor, &QZapSocketMonitor::failed, this, &GuardedClient::handleFailure);
}

GuardedClient::~GuardedClient()
{
    m_notifier.reset(); // before its socket
}

bool GuardedClient::start(const ClientOptions &options, QString *errorMessage)
{
    if (!m_monitor.isValid() || !setCredentials(options)) {
        *errorMessage = u"the socket cannot be used, see the warning above"_s;
        return false;
    }
    try {
        m_socket.connect(options.endpoint.toStdString());
    } catch (const zmq::error_t &error) {
        *errorMessage = u"%1: %2"_s.arg(options.endpoint, QString::fromLocal8Bit(error.what()));
        return false;
    }
    m_line = options.message.toStdString();
    m_stays = options.stay;
    sendLine();
    m_notifier = std::make_unique<QZapSocketNotifier>(m_socket);
    connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &GuardedClient::receive);
    m_timer.start(options.timeout);
    return true;
}

bool GuardedClient::setCredentials(const ClientOptions &options)
{
    switch (options.mechanism) {
    case QZap::Mechanism::Plain:
        return QZap::setPlainClient(m_socket, options.userName, options.password);
    case QZap::Mechanism::Curve:
        return QZap::setCurveClient(m_socket, options.certificate, options.server.publicKeyText());
    default:
        return true;
    }
}

// Exceptions must not leave a slot.
void GuardedClient::sendLine()
{
    try {
        m_socket.send(zmq::buffer(m_line), zmq::send_flags::dontwait);
    } catch (const zmq::error_t &error) {
        qWarning("The line was not sent: %s", error.what());
    }
}

void GuardedClient::receive()
{
    std::vector<zmq::message_t> frames;
    try {
        do {
            zmq::message_t frame;
            if (!m_socket.recv(frame, zmq::recv_flags::dontwait))
                return;
            frames.push_back(std::move(frame));
        } while (frames.back().more());
    } catch (const zmq::error_t &error) {
        qWarning("The echo was not received: %s", error.what());
        return;
    }
    if (m_ended || frames.size() != 2)
        return;
    if (m_stays) {
        m_timer.start();
        m_repeat.start();
    } else {
        end();
    }
    Q_EMIT echoed(textOf(frames.front()), textOf(frames.back()));
}

void GuardedClient::handleAcceptance()
{
    m_closedEarly = 0;
    if (m_accepted) // again
        sendLine();
    m_accepted = true;
}

// The socket connects again by itself.
void GuardedClient::handleDisconnection()
{
    if (m_accepted)
        Q_EMIT disconnected();
}

void GuardedClient::handleFailure(const QString &reason)
{
    if (m_monitor.willRetry() && ++m_closedEarly < MaximumClosedEarly)
        return;
    const QString text = m_monitor.willRetry()
                             ? u"the server hung up during the handshake, %1 times: it has another "
                               "key, mechanism or socket type"_s.arg(m_closedEarly)
                             : u"the handshake failed: "_s + reason;
    end();
    Q_EMIT failed(ExitCode::Refused, text);
}

void GuardedClient::timeOut()
{
    end();
    if (m_accepted)
        Q_EMIT failed(ExitCode::TimedOut, u"accepted, but there was no echo in time"_s);
    else if (m_connected)
        Q_EMIT failed(ExitCode::TimedOut, u"the server did not answer the handshake in time"_s);
    else
        Q_EMIT failed(ExitCode::TimedOut, u"no connection in time: nobody listens there"_s);
}

// Ignores further events: the outcome is reported once.
void GuardedClient::end()
{
    m_ended = true;
    m_timer.stop();
    m_repeat.stop();
    m_monitor.disconnect(this);
}
