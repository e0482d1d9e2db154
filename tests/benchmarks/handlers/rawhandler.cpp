// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/rawhandler.h"

#include "load/cores.h"

#include <zmq.h>

#include <array>

#ifdef __linux__
#    include <pthread.h>
#endif

bool RawHandler::start(const Fixture & /*fixture*/, QString *errorMessage)
{
    m_socket = zmq_socket(context(), ZMQ_ROUTER);
    const int unlimited = 0;
    if (!m_socket || zmq_setsockopt(m_socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited) != 0
        || zmq_setsockopt(m_socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited) != 0
        || zmq_bind(m_socket, "inproc://zeromq.zap.01") != 0) {
        *errorMessage = QString::fromUtf8(zmq_strerror(zmq_errno()));
        return false;
    }
    const HandlersCores bound;
    m_thread = std::thread(&RawHandler::run, this);
    return true;
}

void RawHandler::stop()
{
    if (!m_thread.joinable())
        return;
    zmq_ctx_shutdown(context());
    m_thread.join();
    terminateContext();
}

void RawHandler::run()
{
#ifdef __linux__
    pthread_setname_np(pthread_self(), "raw"); // identifies it in a profile
#endif
    constexpr size_t EchoedFrames = 4;              // routing id, delimiter, version, request id
    std::array<zmq_msg_t, EchoedFrames + 1> frames; // the last one receives ignored frames
    for (zmq_msg_t &frame : frames)
        zmq_msg_init(&frame);
    for (;;) {
        size_t at = 0;
        int size = 0;
        do {
            size = zmq_msg_recv(&frames[at], m_socket, 0);
        } while (size >= 0 && zmq_msg_more(&frames[at]) && (at += at < EchoedFrames ? 1 : 0, true));
        if (size < 0)
            break;
        for (size_t i = 0; i < EchoedFrames; ++i)
            zmq_msg_send(&frames[i], m_socket, ZMQ_SNDMORE);
        zmq_send(m_socket, "200", 3, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, ZMQ_SNDMORE);
        zmq_send(m_socket, "", 0, 0);
    }
    for (zmq_msg_t &frame : frames)
        zmq_msg_close(&frame);
    zmq_close(m_socket);
}
