// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "multipart.h"

namespace {

constexpr size_t MaximumFrames = 64;

} // namespace

Multipart::Receipt Multipart::receive(zmq::socket_ref socket)
{
    m_frames.clear();
    bool isTooLong = false;
    bool hasMore = true;
    while (hasMore) {
        zmq::message_t frame;
        if (!socket.recv(frame, zmq::recv_flags::dontwait))
            return Receipt::Nothing; // only before the first frame: messages arrive as a whole
        hasMore = frame.more();
        isTooLong = isTooLong || m_frames.size() == MaximumFrames;
        if (!isTooLong)
            m_frames.push_back(std::move(frame));
    }
    return isTooLong ? Receipt::TooLong : Receipt::Received;
}

bool Multipart::send(zmq::socket_ref socket)
{
    bool isSent = true;
    for (zmq::message_t &frame : m_frames) {
        const bool isFirst = &frame == &m_frames.front();
        const bool isLast = &frame == &m_frames.back();
        zmq::message_t copy; // shares the bytes
        copy.copy(frame);
        const auto flags = isLast ? zmq::send_flags::dontwait
                                  : zmq::send_flags::sndmore | zmq::send_flags::dontwait;
        if (socket.send(copy, flags))
            continue;
        if (isFirst)
            return false;
        // The peer has disconnected meanwhile: libzmq drops the frames, up to the last one.
        isSent = false;
    }
    return isSent;
}
