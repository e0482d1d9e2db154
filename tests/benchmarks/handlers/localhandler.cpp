// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/localhandler.h"

#include <zmq.h>

namespace {

constexpr int MaximumSockets = 8192; // closed sockets exist for another moment

} // namespace

LocalHandler::~LocalHandler()
{
    terminateContext();
}

bool LocalHandler::ask(AskingLoad load, AskingResult *result)
{
    load.context = context();
    return qzap_benchmark_ask(&load, result) != 0 && result->accepted == result->requests;
}

bool LocalHandler::connectPeers(HandshakeLoad load, HandshakeResult *result)
{
    load.context = context();
    return qzap_benchmark_connect(&load, result) != 0;
}

// A context starts its threads with its first socket. These threads are not bound to cores, since
// both ends use them.
void LocalHandler::startThreads(void *context)
{
    zmq_close(zmq_socket(context, ZMQ_PAIR));
}

void *LocalHandler::context()
{
    if (!m_context) {
        m_context = zmq_ctx_new();
        zmq_ctx_set(m_context, ZMQ_MAX_SOCKETS, MaximumSockets);
        startThreads(m_context);
    }
    return m_context;
}

void LocalHandler::terminateContext()
{
    if (m_context)
        zmq_ctx_term(m_context);
    m_context = nullptr;
}
