// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "asker.h"

#include "cores.h"
#include "keys.h"

#include <zmq.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>

#ifdef __linux__
#    include <pthread.h>
#endif

namespace {

constexpr int ReplyTimeout = 30000; // ms; exceeded only if a handler has failed
constexpr std::int64_t MaximumWarmUp = 1000;
constexpr char Endpoint[] = "inproc://zeromq.zap.01";

double threadSeconds()
{
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

} // namespace

Asker::Asker(const AskingLoad &load, int number, std::int64_t requests, Gate &ready, Gate &done)
    : m_load(load)
    , m_requests(requests)
    , m_ready(ready)
    , m_done(done)
    , m_isPlain(std::strcmp(load.mechanism, "PLAIN") == 0)
    , m_isCurve(std::strcmp(load.mechanism, "CURVE") == 0)
    , m_random(scrambled(static_cast<std::uint64_t>(number)))
    , m_turn(load.users * static_cast<std::uint64_t>(number)
             / static_cast<std::uint64_t>(load.dealers))
    , m_user(load.user ? load.user : "")
{ }

void Asker::run()
{
#ifdef __linux__
    pthread_setname_np(pthread_self(), "asker"); // identifies it in a profile
#endif
    bindToAskersCores();
    bool ok = open() && (m_load.cold != 0 || ask(std::min(MaximumWarmUp, m_requests / 10 + 1)));
    m_accepted = 0;
    m_latencies.clear();
    m_latencies.reserve(m_load.outstanding == 1 ? static_cast<std::size_t>(m_requests) : 0);
    m_ready.arriveAndWait();
    const double before = threadSeconds();
    ok = ok && ask(m_requests);
    m_cpuSeconds = threadSeconds() - before;
    m_done.arriveAndWait();
    if (m_socket)
        zmq_close(m_socket);
    m_complete = ok;
}

bool Asker::open()
{
    m_socket = zmq_socket(m_load.context, ZMQ_DEALER);
    if (!m_socket)
        return false;
    const auto set = [this](int option, int value) {
        return zmq_setsockopt(m_socket, option, &value, sizeof value) == 0;
    };
    return set(ZMQ_LINGER, 0) && set(ZMQ_SNDHWM, 0) && set(ZMQ_RCVHWM, 0)
           && set(ZMQ_RCVTIMEO, ReplyTimeout) && zmq_connect(m_socket, Endpoint) == 0;
}

bool Asker::ask(std::int64_t requests)
{
    using Clock = std::chrono::steady_clock;
    const bool timed = m_load.outstanding == 1;
    Clock::time_point before;
    std::int64_t sent = 0;
    for (std::int64_t received = 0; received < requests; ++received) {
        if (timed)
            before = Clock::now();
        for (; sent < requests && sent - received < m_load.outstanding; ++sent) {
            if (!send())
                return false;
        }
        bool accepted = false;
        if (!receive(&accepted))
            return false;
        m_accepted += accepted ? 1 : 0;
        if (timed)
            m_latencies.push_back(std::chrono::duration<double>(Clock::now() - before).count());
    }
    return true;
}

// Each of many users is a peer with an address of its own. The user's number is also the id of the
// request: while a hash is checked, another request with the same id would replace the first.
void Asker::takeTurn()
{
    const std::uint64_t number = m_turn++ % m_load.users;
    m_requestId = std::to_string(number);
    m_user = m_load.user + m_requestId;
    m_address = "10." + std::to_string(number >> 16 & 255) + '.' + std::to_string(number >> 8 & 255)
                + '.' + std::to_string(number & 255);
}

bool Asker::send()
{
    if (m_load.users > 0)
        takeTurn();
    const bool begun = sendText("", true) && sendText("1.0", true) && sendText(m_requestId, true)
                       && sendText(m_load.domain, true) && sendText(m_address, true)
                       && sendText("", true) && sendText(m_load.mechanism, m_isPlain || m_isCurve);
    if (!begun)
        return false;
    if (m_isPlain)
        return sendText(m_user, true) && sendText(m_load.password, false);
    if (!m_isCurve)
        return true;
    m_random = scrambled(m_random);
    const std::uint64_t number = m_random % m_load.keys;
    if (number == 0)
        return sendFrame(m_load.firstKey, sizeof(CurveKey), false);
    const CurveKey key = keyOf(number);
    return sendFrame(key.data(), key.size(), false);
}

bool Asker::sendFrame(const void *data, std::size_t size, bool more)
{
    return zmq_send(m_socket, data, size, more ? ZMQ_SNDMORE : 0) >= 0;
}

bool Asker::sendText(std::string_view text, bool more)
{
    return sendFrame(text.data(), text.size(), more);
}

bool Asker::receive(bool *accepted)
{
    constexpr int StatusFrame = 3; // after delimiter, version and request id
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool more = true;
    for (int i = 0; more; ++i) {
        if (zmq_msg_recv(&frame, m_socket, 0) < 0) {
            zmq_msg_close(&frame);
            return false;
        }
        if (i == StatusFrame) {
            *accepted =
                zmq_msg_size(&frame) == 3 && std::memcmp(zmq_msg_data(&frame), "200", 3) == 0;
        }
        more = zmq_msg_more(&frame) != 0;
    }
    zmq_msg_close(&frame);
    return true;
}
