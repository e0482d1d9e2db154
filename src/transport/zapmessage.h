// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_ZAPMESSAGE_H
#define QZAP_TRANSPORT_ZAPMESSAGE_H

#include "protocol/requestframes.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>

#include <memory>

namespace QZap::Internal {

// A message of the ZAP socket: the envelope, which the reply needs, and the request's frames. To be
// received into again and again; moved away to be answered later.
class ZapMessage
{
public:
    ZapMessage();
    ZapMessage(ZapMessage &&other) noexcept;
    ZapMessage &operator=(ZapMessage &&other) noexcept;
    ~ZapMessage();

    // Views of the request's frames; none if the message has no delimiter. Frames beyond the limit
    // are counted, not kept.
    RequestFrames request() const;

    // What its reply goes back by: two messages of one return path cannot be told apart by their
    // sender.
    QByteArray returnPath() const;

    // Overwrites what the peer showed to be let in.
    void wipeCredentials();

private:
    friend class ZapSocket;
    class Frames;

    std::unique_ptr<Frames> m_frames;
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_ZAPMESSAGE_H
