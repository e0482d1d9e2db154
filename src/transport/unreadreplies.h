// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_UNREADREPLIES_H
#define QZAP_TRANSPORT_UNREADREPLIES_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qhash.h>

#include <atomic>
#include <memory>

namespace zmq {
class message_t;
}

namespace QZap::Internal {

// Limits the replies that a requester in this process leaves unread. ZMQ_SNDHWM does not limit them
// if the requester's ZMQ_RCVHWM is 0.
//
// Every 64th reply has a frame with a callback, which libzmq calls when it frees the frame. A
// requester with 256 unread replies gets no further ones until it has read some.
class UnreadReplies
{
public:
    static constexpr int Interval = 64;
    static constexpr int MaximumMarked = 256;

    // Returns whether the requester has left too many replies unread.
    bool isFull(QByteArrayView requester) const
    {
        return !m_full.isEmpty() && isKnownToBeFull(requester);
    }
    // Call this with a frame of each reply that is certain to be freed, before it is sent.
    void add(QByteArrayView requester, zmq::message_t *frame)
    {
        if (++m_sinceLast >= Interval)
            mark(requester, frame);
    }

private:
    using Count = std::atomic<int>; // unfreed frames with a callback; libzmq's threads free them
    struct Mark;

    bool isKnownToBeFull(QByteArrayView requester) const;
    void mark(QByteArrayView requester, zmq::message_t *frame);

    int m_sinceLast = 0;
    QHash<QByteArray, std::shared_ptr<Count>> m_counts; // by requester
    mutable QHash<QByteArray, std::shared_ptr<Count>> m_full;
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_UNREADREPLIES_H
