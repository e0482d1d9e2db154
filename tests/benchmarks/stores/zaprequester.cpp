// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/zaprequester.h"

#include <zmq.h>

namespace {
constexpr int Timeout = 5000;  // ms
constexpr int StatusFrame = 2; // after version and request id
} // namespace

ZapRequester::ZapRequester(void *context)
    : m_socket(zmq_socket(context, ZMQ_REQ))
{
    const int linger = 0;
    zmq_setsockopt(m_socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(m_socket, ZMQ_SNDTIMEO, &Timeout, sizeof Timeout);
    zmq_setsockopt(m_socket, ZMQ_RCVTIMEO, &Timeout, sizeof Timeout);
    zmq_connect(m_socket, "inproc://zeromq.zap.01");
}

ZapRequester::~ZapRequester()
{
    zmq_close(m_socket);
}

QByteArray ZapRequester::statusOf(const QByteArray &domain, const QByteArray &mechanism,
                                  const QByteArrayList &credentials)
{
    const QByteArrayList frames =
        QByteArrayList{"1.0", "1", domain, "127.0.0.1", "", mechanism} + credentials;
    for (qsizetype i = 0; i < frames.size(); ++i) {
        const int flags = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
        if (zmq_send(m_socket, frames[i].constData(), static_cast<std::size_t>(frames[i].size()),
                     flags)
            < 0)
            return {};
    }
    QByteArray status;
    bool more = true;
    for (int i = 0; more; ++i) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, m_socket, 0) < 0)
            return {};
        if (i == StatusFrame) {
            status = QByteArray(static_cast<const char *>(zmq_msg_data(&frame)),
                                static_cast<qsizetype>(zmq_msg_size(&frame)));
        }
        more = zmq_msg_more(&frame) != 0;
        zmq_msg_close(&frame);
    }
    return status;
}
