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

    // Copies the reply after the frames that are sent back, and sets the version of replies.
    void setReply(const Reply &answer);
    // Returns whether the message holds little memory.
    bool isSmall() const;

    std::vector<zmq::message_t> messages; // kept from one receive to the next
    std::array<zmq::message_t, 4> reply;
    std::vector<QByteArrayView> views; // of the received messages
    size_t total = 0;
    size_t peer = 0;       // equal for messages of one peer in a batch
    qsizetype request = 0; // index of the version frame, -1 if there is none
    size_t receipt = 0;    // of the reply
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPMESSAGE_P_H
