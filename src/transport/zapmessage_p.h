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
    // A request has 8 frames behind its envelope at most; what exceeds this is only counted.
    static constexpr size_t Limit = 32;

    // Copies it behind what goes back of the message, and sets the version that replies have.
    void setReply(const Reply &answer);
    // Whether little memory is held for the next message.
    bool isSmall() const;

    std::vector<zmq::message_t> messages; // kept from one receive to the next
    std::array<zmq::message_t, 4> reply;
    std::vector<QByteArrayView> views; // of those that were received
    size_t total = 0;
    size_t peer = 0;       // the same for messages of one peer in a batch
    qsizetype request = 0; // index of the version frame, -1 where there is none
    size_t receipt = 0;    // of the reply
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPMESSAGE_P_H
