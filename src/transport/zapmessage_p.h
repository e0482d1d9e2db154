// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_ZAPMESSAGE_P_H
#define QZAP_TRANSPORT_ZAPMESSAGE_P_H

#include "protocol/reply.h"
#include "transport/zapmessage.h"

#include <zmq.hpp>

#include <array>
#include <vector>

namespace QZap::Internal {

class ZapMessage::Frames
{
public:
    // A request has at most 8 frames after its envelope; frames beyond this limit are only counted.
    static constexpr size_t Limit = 32;

    // Sets the views of the received messages, whose sizes are given. Call this when all messages
    // were received: small frames are stored in the message objects, which move when the vector
    // grows.
    void setViews(const int *sizes);
    // Copies the reply after the frames that are sent back, and sets the version of replies.
    void setReply(const Reply &answer);
    // Returns whether the message holds little memory.
    bool isSmall() const { return keptSize <= SmallSize; }

    std::vector<zmq::message_t> messages; // kept from one receive to the next
    std::array<zmq::message_t, 4> reply;
    std::array<QByteArrayView, Limit> views; // of the received messages
    size_t kept = 0;                         // number of views
    size_t total = 0;                        // number of frames that were sent
    qsizetype keptSize = 0;                  // of the kept frames
    size_t peer = 0;                         // equal for messages of one peer in a batch
    qsizetype request = 0;                   // index of the version frame, -1 if there is none
    size_t receipt = 0;                      // of the reply
    qint64 received = 0;                     // by the steady clock

private:
    static constexpr qsizetype SmallSize = 4096;
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPMESSAGE_P_H
