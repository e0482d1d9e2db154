// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RAWANSWERS_H
#define RAWANSWERS_H

#include <zmq.h>

#include <array>

// Accepts every request with as few calls of libzmq as possible.
class RawAnswers
{
public:
    // The socket is a ROUTER; the caller owns it.
    explicit RawAnswers(void *socket);
    ~RawAnswers();
    RawAnswers(const RawAnswers &) = delete;
    RawAnswers &operator=(const RawAnswers &) = delete;

    // Answers requests until receiving with these flags fails.
    void run(int flags);

private:
    static constexpr size_t EchoedFrames = 4; // routing id, delimiter, version, request id

    void *m_socket;
    std::array<zmq_msg_t, EchoedFrames + 1> m_frames; // the last one receives ignored frames
};

#endif // RAWANSWERS_H
