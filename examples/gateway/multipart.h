// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MULTIPART_H
#define MULTIPART_H

#include <zmq.hpp>

#include <vector>

// A message and its frames, which are received and sent as a whole and without waiting.
class Multipart
{
public:
    enum class Receipt { Nothing, Received, TooLong };

    // Receives a message. If it has too many frames, they are dropped.
    [[nodiscard]] Receipt receive(zmq::socket_ref socket);
    // Sends the message, which remains; returns false if the socket cannot take it now.
    [[nodiscard]] bool send(zmq::socket_ref socket);

    std::vector<zmq::message_t> &frames() { return m_frames; }
    const std::vector<zmq::message_t> &frames() const { return m_frames; }

private:
    std::vector<zmq::message_t> m_frames;
};

#endif // MULTIPART_H
