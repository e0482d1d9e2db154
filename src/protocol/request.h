// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_REQUEST_H
#define QZAP_PROTOCOL_REQUEST_H

#include "base/text.h"
#include "protocol/requestframes.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

namespace QZap::Internal {

// One ZAP request (RFC 27) as views on its frames, which must outlive it.
struct Request
{
    QByteArrayView requestId;
    QByteArrayView domain;  // UTF-8
    QByteArrayView address; // as libzmq sent it
    QByteArrayView identity;
    Mechanism mechanism = Mechanism::Unknown;
    QByteArrayView name;      // PLAIN user name or GSSAPI principal, UTF-8
    QByteArrayView password;  // PLAIN
    QByteArrayView publicKey; // CURVE, 32 bytes

    // Owns the name if it was sent in an encoding other than UTF-8; empty otherwise.
    QByteArray decodedName;
};

enum class ParseOutcome {
    Valid,
    Malformed,    // answered 400 with the error
    Unanswerable, // there is no request id
};

struct ParseResult
{
    ParseOutcome outcome;
    QByteArray error;
};

// The user id of a peer without credentials, as in other ZAP handlers.
inline constexpr QByteArrayView AnonymousUserId = "anonymous";
// Returns whether a PLAIN user name could be the user id of a peer of another mechanism:
// "anonymous" or a CURVE key in Z85.
bool isUserIdOfOtherMechanism(QByteArrayView userName);

// Returns the name in requests (RFC 27); empty for an unknown mechanism.
QByteArrayView mechanismName(Mechanism mechanism);

// Returns the index of the request's version frame: after an envelope of one or more frames and the
// first empty one. -1 if there is none.
qsizetype findRequest(const QByteArrayView *frames, qsizetype count);

// The domain and key of a request that uses CURVE and appears well-formed.
struct CurveQuestion
{
    QByteArrayView domain;
    QByteArrayView publicKey;
};
std::optional<CurveQuestion> curveQuestion(const RequestFrames &frames);

// Parses a request. All frames result in a request or a precise error; the valid parts of a
// malformed request are set. `encoding` is that of user names and principals; domains are UTF-8.
ParseResult parseRequest(const RequestFrames &frames, TextEncoding encoding, Request *request);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_REQUEST_H
