// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedclient.h"

#include <QZap/QZapSocketNotifier>

#include <vector>

using namespace Qt::StringLiterals;

namespace {

// A server with another key closes the connection without an answer, and so does one that is too
// busy, for which a retry is worthwhile.
constexpr int MaximumClosedEarly = 3;
constexpr int ReconnectInterval = 100; // ms

QString textOf(const zmq::message_t &frame)
{
    return QString::fromUtf8(frame.data<char>(), static_cast<qsizetype>(frame.size()));
}

} // namespace

GuardedClient::GuardedClient(zmq::context_t &context, QObject *parent)
    : QObject(parent)
    , m_socket(context, zmq::socket_type::dealer)
    , m_monitor(context, m_socket)
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::reconnect_ivl, ReconnectInterval);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &GuardedClient::timeOut);
    connect(&m_monitor, &ConnectionMonitor::connected, this, [this] { m_connected = true; });
    connect(&m_monitor, &ConnectionMonitor::accepted, this, [this] { m_accepted = true; });
    connect(&m_monitor, &ConnectionMonitor::refused, this, [this](int status) {
        end();
        Q_EMIT failed(ExitCode::Refused,
                      u"the server refused the handshake with status %1"_s.arg(status));
    });
    connect(&m_monitor, &ConnectionMonitor::mismatched, this, [this] {
        end();
        Q_EMIT failed(ExitCode::Refused,
                      u"the handshake failed: the server expects another mechanism"_s);
    });
    connect(&m_monitor, &ConnectionMonitor::closedEarly, this, &GuardedClient::countClosed);
}

GuardedClient::~GuardedClient()
{
    m_notifier.reset(); // before its socket
}

bool GuardedClient::start(const ClientOptions &options, QString *errorMessage)
{
    try {
        setCredentials(options);
        m_socket.connect(options.endpoint.toStdString());
        const std::string text = options.message.toStdString();
        m_socket.send(zmq::buffer(text), zmq::send_flags::dontwait);
    } catch (const zmq::error_t &error) {
        *errorMessage = u"%1: %2"_s.arg(options.endpoint, QString::fromLocal8Bit(error.what()));
        return false;
    }
    m_notifier = std::make_unique<QZapSocketNotifier>(m_socket);
    connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &GuardedClient::receive);
    m_timer.start(options.timeout);
    return true;
}

void GuardedClient::setCredentials(const ClientOptions &options)
{
    if (options.mechanism == QZap::Mechanism::Plain) {
        m_socket.set(zmq::sockopt::plain_username, options.userName.toStdString());
        m_socket.set(zmq::sockopt::plain_password, options.password.toStdString());
    } else if (options.mechanism == QZap::Mechanism::Curve) {
        QByteArray secretKey = options.certificate.secretKeyText();
        m_socket.set(zmq::sockopt::curve_serverkey, options.server.publicKeyText().toStdString());
        m_socket.set(zmq::sockopt::curve_publickey,
                     options.certificate.publicKeyText().toStdString());
        m_socket.set(zmq::sockopt::curve_secretkey, secretKey.constData());
        secretKey.fill('\0');
    }
}

// Exceptions must not leave a slot.
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
    end();
    Q_EMIT echoed(textOf(frames.front()), textOf(frames.back()));
}

void GuardedClient::countClosed()
{
    if (m_ended || ++m_closedEarly < MaximumClosedEarly)
        return;
    end();
    Q_EMIT failed(
        ExitCode::Refused,
        u"the server hung up during the handshake, %1 times: it has another key, mechanism or "
        "socket type"_s.arg(m_closedEarly));
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
    m_monitor.disconnect(this);
}
