// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapclient.h"

#include <QtTest/qtest.h>

#include <chrono>

ZapClient::ZapClient(zmq::context_t &context, int receiveMark)
    : m_socket(context, ZMQ_DEALER)
{
    m_socket.set(zmq::sockopt::linger, 0);
    m_socket.set(zmq::sockopt::sndhwm, 0);
    m_socket.set(zmq::sockopt::rcvhwm, receiveMark);
    m_socket.connect("inproc://zeromq.zap.01");
}

QByteArrayList ZapClient::request(const QByteArray &mechanism, const QByteArrayList &credentials,
                                  const QByteArray &domain, const QByteArray &address,
                                  const QByteArray &requestId)
{
    return QByteArrayList{"1.0", requestId, domain, address, "", mechanism} + credentials;
}

void ZapClient::send(const QByteArrayList &request)
{
    sendRaw(QByteArrayList{""} + request);
}

void ZapClient::sendRaw(const QByteArrayList &frames)
{
    for (qsizetype i = 0; i < frames.size(); ++i) {
        const bool last = i + 1 == frames.size();
        m_socket.send(zmq::buffer(frames[i].constData(), static_cast<size_t>(frames[i].size())),
                      last ? zmq::send_flags::none : zmq::send_flags::sndmore);
    }
}

std::optional<QByteArrayList> ZapClient::receive()
{
    std::optional<QByteArrayList> frames = receiveRaw();
    if (frames && !frames->isEmpty() && frames->first().isEmpty())
        frames->removeFirst();
    return frames;
}

std::optional<QByteArrayList> ZapClient::receiveRaw()
{
    zmq::message_t frame;
    if (!m_socket.recv(frame, zmq::recv_flags::dontwait))
        return std::nullopt;
    QByteArrayList frames;
    for (;;) {
        frames.append(QByteArray(frame.data<char>(), static_cast<qsizetype>(frame.size())));
        if (!frame.more())
            return frames;
        (void)m_socket.recv(frame);
    }
}

QByteArrayList ZapClient::waitForReply()
{
    std::optional<QByteArrayList> reply;
    (void)QTest::qWaitFor([&] { return (reply = receive()).has_value(); });
    return reply.value_or(QByteArrayList());
}

QByteArrayList ZapClient::waitForRawReply()
{
    std::optional<QByteArrayList> reply;
    (void)QTest::qWaitFor([&] { return (reply = receiveRaw()).has_value(); });
    return reply.value_or(QByteArrayList());
}

QByteArrayList ZapClient::waitWithoutEventLoop()
{
    zmq::pollitem_t item{m_socket.handle(), 0, ZMQ_POLLIN, 0};
    zmq::poll(&item, 1, std::chrono::seconds(5));
    return receive().value_or(QByteArrayList());
}
