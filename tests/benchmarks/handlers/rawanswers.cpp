// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/rawanswers.h"

RawAnswers::RawAnswers(void *socket)
    : m_socket(socket)
{
    for (zmq_msg_t &frame : m_frames)
        zmq_msg_init(&frame);
}

RawAnswers::~RawAnswers()
{
    for (zmq_msg_t &frame : m_frames)
        zmq_msg_close(&frame);
}

void RawAnswers::run(int flags)
{
    for (;;) {
        size_t at = 0;
        int size = 0;
        do {
            size = zmq_msg_recv(&m_frames[at], m_socket, flags);
        } while (size >= 0 && zmq_msg_more(&m_frames[at])
                 && (at += at < EchoedFrames ? 1 : 0, true));
        if (size < 0)
            return;
        for (size_t i = 0; i < EchoedFrames; ++i)
            zmq_msg_send(&m_frames[i], m_socket, ZMQ_SNDMORE);
        zmq_send(m_socket, "200", 3, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, 0);
    }
}
