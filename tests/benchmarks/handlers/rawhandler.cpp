// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/rawhandler.h"

#include "handlers/rawanswers.h"
#include "load/cores.h"

#include <zmq.h>

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
    RawAnswers(m_socket).run(0); // until the context is shut down
    zmq_close(m_socket);
}
