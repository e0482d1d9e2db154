// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/request.h"

#include "base/bytehash.h"
#include "protocol/loworderkey.h"
#include "protocol/reply.h"
#include "protocol/z85.h"

#include <algorithm>

namespace QZap::Internal {

namespace {

constexpr qsizetype FixedFrames = RequestFrames::Credentials; // the frames that every request has

struct MechanismFrames
{
    QByteArrayView name;
    Mechanism mechanism;
    qsizetype credentials;
};

constexpr MechanismFrames KnownMechanisms[] = {
    {"NULL", Mechanism::Null, 0},
    {"PLAIN", Mechanism::Plain, 2},
    {"CURVE", Mechanism::Curve, 1},
    {"GSSAPI", Mechanism::Gssapi, 1},
};

// Returns null for a mechanism that no RFC defines.
const MechanismFrames *findMechanism(QByteArrayView name)
{
    const auto *found = std::find_if(
        std::begin(KnownMechanisms), std::end(KnownMechanisms),
        [name](const MechanismFrames &mechanism) { return isEqual(mechanism.name, name); });
    return found == std::end(KnownMechanisms) ? nullptr : found;
}

ParseResult malformed(const QByteArray &error)
{
    return {ParseOutcome::Malformed, error};
}

// Converts `text` to UTF-8, in `storage` if necessary. Returns false if it is not clean.
bool normalize(QByteArrayView *text, QByteArray *storage, TextEncoding encoding)
{
    if (encoding == TextEncoding::Latin1 && !isAscii(*text)) {
        *storage = QString::fromLatin1(*text).toUtf8();
        *text = *storage;
    }
    return isCleanText(*text);
}

QByteArray tooLong(const char *what)
{
    return QByteArray("The ") + what + " is longer than " + QByteArray::number(MaximumTextSize)
           + " bytes";
}

ParseResult parseCredentials(const RequestFrames &frames, TextEncoding encoding, Request *request)
{
    constexpr qsizetype First = RequestFrames::Credentials;
    switch (request->mechanism) {
    case Mechanism::Unknown:
    case Mechanism::Null:
        break;
    case Mechanism::Plain:
        if (frames[First + 1].size() > MaximumTextSize)
            return malformed(tooLong("password"));
        request->password = frames[First + 1];
        [[fallthrough]];
    case Mechanism::Gssapi: {
        const bool plain = request->mechanism == Mechanism::Plain;
        if (frames[First].size() > MaximumTextSize)
            return malformed(tooLong(plain ? "user name" : "principal"));
        request->name = frames[First];
        if (!normalize(&request->name, &request->decodedName, encoding)) {
            request->name = {};
            return malformed(
                plain ? "The user name cannot be decoded or contains control characters"
                      : "The principal cannot be decoded or contains control characters");
        }
        break;
    }
    case Mechanism::Curve:
        if (frames[First].size() != CurveKeySize) {
            return malformed("The CURVE key has " + QByteArray::number(frames[First].size())
                             + " bytes instead of 32");
        }
        // Refused here rather than by the policy: neither a key store, nor "*", nor a provider may
        // accept it.
        if (isLowOrderKey(frames[First])) {
            return malformed("The CURVE key is a low-order point of Curve25519, which anybody can "
                             "impersonate: the peer needs a new key pair");
        }
        request->publicKey = frames[First];
        break;
    }
    return {ParseOutcome::Valid, {}};
}

} // namespace

bool isUserIdOfOtherMechanism(QByteArrayView userName)
{
    return isEqual(userName, AnonymousUserId) || Z85::isKey(userName);
}

QByteArrayView mechanismName(Mechanism mechanism)
{
    const auto *found = std::find_if(
        std::begin(KnownMechanisms), std::end(KnownMechanisms),
        [mechanism](const MechanismFrames &known) { return known.mechanism == mechanism; });
    return found == std::end(KnownMechanisms) ? QByteArrayView() : found->name;
}

qsizetype findRequest(const QByteArrayView *frames, qsizetype count)
{
    for (qsizetype i = 1; i < count; ++i) {
        if (frames[i].isEmpty())
            return i + 1;
    }
    return -1;
}

std::optional<CurveQuestion> curveQuestion(const RequestFrames &frames)
{
    if (frames.count() != FixedFrames + 1
        || frames[RequestFrames::Credentials].size() != CurveKeySize
        || !isEqual(frames[RequestFrames::MechanismName], "CURVE")) {
        return std::nullopt;
    }
    return CurveQuestion{frames[RequestFrames::Domain], frames[RequestFrames::Credentials]};
}

ParseResult parseRequest(const RequestFrames &frames, TextEncoding encoding, Request *request)
{
    *request = {};
    if (frames.count() < 2)
        return {ParseOutcome::Unanswerable, "The request has no request id"};
    request->requestId = frames[RequestFrames::RequestId];
    // Determined first, since the refusal of a malformed request depends on its mechanism, too.
    const MechanismFrames *known = nullptr;
    if (frames.count() >= FixedFrames) {
        known = findMechanism(frames[RequestFrames::MechanismName]);
        request->mechanism = known ? known->mechanism : Mechanism::Unknown;
    }
    if (!isEqual(frames[RequestFrames::Version], ZapVersion))
        return malformed("The ZAP version is not 1.0");
    if (frames.sentCount() < FixedFrames) {
        return malformed("The request has " + QByteArray::number(frames.sentCount())
                         + " frames instead of 6 or more");
    }

    if (frames[RequestFrames::Domain].size() > MaximumTextSize)
        return malformed(tooLong("domain"));
    if (frames[RequestFrames::Address].size() > MaximumTextSize)
        return malformed(tooLong("address"));
    if (frames[RequestFrames::Identity].size() > MaximumTextSize)
        return malformed(tooLong("identity"));
    request->domain = frames[RequestFrames::Domain];
    request->address = frames[RequestFrames::Address];
    request->identity = frames[RequestFrames::Identity];
    if (!isCleanText(request->domain)) {
        request->domain = {};
        return malformed("The domain cannot be decoded or contains control characters");
    }

    if (!known)
        return malformed("The mechanism is unknown");
    const qsizetype credentials = frames.sentCount() - FixedFrames;
    if (credentials != known->credentials || !frames.isWhole()) {
        return malformed(known->name.toByteArray() + " takes "
                         + QByteArray::number(known->credentials) + " credentials, not "
                         + QByteArray::number(credentials));
    }
    return parseCredentials(frames, encoding, request);
}

} // namespace QZap::Internal
