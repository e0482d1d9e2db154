// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_REPLY_H
#define QZAP_PROTOCOL_REPLY_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

inline constexpr QByteArrayView ZapVersion = "1.0";
// Not a status of RFC 27: libzmq disconnects the peer at once with every mechanism, and the peer
// tries again.
inline constexpr QByteArrayView DisconnectCode = "000";

// The frames of a ZAP reply after version and request id, as views.
struct Reply
{
    QByteArrayView code;
    QByteArrayView text;
    QByteArrayView userId;
    QByteArrayView metadata;
};

QByteArrayView statusCode(Status status);

// Returns the whole reply from its version frame on.
QByteArrayList replyFrames(QByteArrayView requestId, const Reply &reply);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_REPLY_H
