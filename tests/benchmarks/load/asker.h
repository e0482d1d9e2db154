// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ASKER_H
#define ASKER_H

#include "gate.h"
#include "load.h"

#include <string>
#include <string_view>
#include <vector>

// A DEALER socket that sends requests like libzmq's sessions, several of which are outstanding at
// any time.
class Asker
{
public:
    Asker(const AskingLoad &load, int number, std::int64_t requests, Gate &ready, Gate &done);

    void run();

    bool isComplete() const { return m_complete; }
    std::int64_t accepted() const { return m_accepted; }
    double cpuSeconds() const { return m_cpuSeconds; }
    const std::vector<double> &latencies() const { return m_latencies; }

private:
    bool open();
    bool ask(std::int64_t requests);
    bool send();
    bool sendFrame(const void *data, std::size_t size, bool more);
    bool sendText(std::string_view text, bool more);
    void takeTurn();
    // Receives a reply, and sets whether its status is 200.
    bool receive(bool *accepted);

    const AskingLoad &m_load;
    std::int64_t m_requests;
    Gate &m_ready;
    Gate &m_done;
    void *m_socket = nullptr;
    bool m_isPlain;
    bool m_isCurve;
    std::uint64_t m_random;
    std::uint64_t m_turn; // the number of the next user
    std::string m_user;
    std::string m_requestId = "1"; // libzmq's sessions always use this one
    std::string m_address = "127.0.0.1";
    bool m_complete = false;
    std::int64_t m_accepted = 0;
    double m_cpuSeconds = 0;
    std::vector<double> m_latencies;
};

#endif // ASKER_H
