// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_ZAPMESSAGE_H
#define QZAP_TRANSPORT_ZAPMESSAGE_H

#include "protocol/requestframes.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>

#include <memory>

namespace QZap::Internal {

// A message of the ZAP socket: the envelope, which the reply needs, and the request's frames. The
// object is reused for receiving; move a message away to answer it later.
class ZapMessage
{
public:
    // Returns views of the request's frames; none if the message has no delimiter. Frames beyond
    // the limit are counted, not kept.
    RequestFrames request() const;

    // Returns when the message was received, by the steady clock.
    qint64 receivedAt() const;

    // Returns the frames before the request, by which the reply is routed. A sender cannot
    // distinguish the replies to two messages with the same return path.
    QByteArray returnPath() const;

    // Overwrites the peer's credentials, except for the public key of a well-formed CURVE request,
    // which is not a secret.
    void wipeCredentials();

private:
    friend class ZapSocket;
    class Frames;
    // Lets the compiler inline the moves of messages: each message is moved several times.
    struct Deleter
    {
        void operator()(Frames *frames) const;
    };

    std::unique_ptr<Frames, Deleter> m_frames;
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPMESSAGE_H
