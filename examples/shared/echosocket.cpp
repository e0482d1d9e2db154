// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "echosocket.h"

#include <QZap/QZapSocketNotifier>

#include <QtCore/qdebug.h>

#include <string>
#include <vector>

namespace {

constexpr int MaximumBatch = 64; // other events are processed between batches
constexpr int64_t MaximumMessageSize = 65536;

} // namespace

EchoSocket::EchoSocket(zmq::context_t &context, QZapAuthenticator *authenticator, QObject *parent)
    : QObject(parent)
    , m_socket(context, zmq::socket_type::router)
    , m_guard(authenticator)
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::maxmsgsize, MaximumMessageSize);
}

EchoSocket::~EchoSocket()
{
    close();
}

bool EchoSocket::listen(const QString &address, quint16 port, QString *errorMessage)
{
    const bool isIpv6 = address.contains(u':');
    const QString host = isIpv6 ? u'[' + address + u']' : address;
    const QString name = port == 0 ? QStringLiteral("*") : QString::number(port);
    const QString endpoint = QStringLiteral("tcp://%1:%2").arg(host, name);
    if (!m_guard.setSocket(m_socket)) { // before bind()
        *errorMessage = m_guard.errorString();
        return false;
    }
    try {
        m_socket.set(zmq::sockopt::ipv6, isIpv6);
        m_socket.bind(endpoint.toStdString());
    } catch (const zmq::error_t &error) {
        *errorMessage = QStringLiteral("cannot listen on %1: %2")
                            .arg(endpoint, QString::fromLocal8Bit(error.what()));
        return false;
    }
    m_notifier = std::make_unique<QZapSocketNotifier>(m_socket);
    connect(m_notifier.get(), &QZapSocketNotifier::readable, this, &EchoSocket::echoAll);
    connect(m_notifier.get(), &QZapSocketNotifier::contextTerminated, this, &EchoSocket::close);
    return true;
}

QString EchoSocket::endpoint() const
{
    return QString::fromStdString(m_socket.get(zmq::sockopt::last_endpoint));
}

// Exceptions must not leave a slot. readable() is emitted again while messages remain.
void EchoSocket::echoAll()
{
    try {
        for (int i = 0; i < MaximumBatch && echoOne(); ++i) { }
    } catch (const zmq::error_t &error) {
        qWarning("A message was not echoed: %s", error.what());
    }
}

bool EchoSocket::echoOne()
{
    std::vector<zmq::message_t> frames;
    do {
        zmq::message_t frame;
        if (!m_socket.recv(frame, zmq::recv_flags::dontwait))
            return false;
        frames.push_back(std::move(frame));
    } while (frames.back().more());

    const QZapSession sender = m_guard.session(frames.back());
    if (!m_guard.isAuthorized(sender))
        return true; // revoked since it was sent

    // The sender's routing id, and a REQ socket's empty frame, must come first in the answer.
    const size_t envelope = frames.size() > 2 && frames.at(1).empty() ? 2 : 1;
    if (frames.size() <= envelope)
        return true; // an empty envelope: nothing to echo
    const std::string userId = sender.userId().toStdString();
    zmq::message_t userIdFrame(userId.data(), userId.size());
    frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(envelope), std::move(userIdFrame));

    // A ROUTER never blocks: it drops messages for a peer that has disconnected or does not read.
    for (zmq::message_t &frame : frames) {
        const bool isLast = &frame == &frames.back();
        m_socket.send(frame, isLast ? zmq::send_flags::dontwait
                                    : zmq::send_flags::sndmore | zmq::send_flags::dontwait);
    }
    return true;
}

void EchoSocket::close()
{
    m_notifier.reset(); // first: the number of its descriptor can be reused at once
    m_guard.clearSocket();
    m_socket.close();
}
