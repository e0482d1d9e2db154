// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_SESSIONTOKEN_H
#define QZAP_SESSIONS_SESSIONTOKEN_H

#include "sessions/sessionrecord.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <memory>
#include <optional>

namespace QZap::Internal {

// The field of a reply that carries the token, and that libzmq attaches to each message of the
// peer.
inline constexpr char SessionField[] = "QZap-Session";

// The token of a session: a head of fixed size, which identifies the session and cannot be guessed,
// and a body. Both carry a code under a key of this process, so that only this process makes
// tokens. A token is text without NULs.
namespace SessionToken {

// Returns the size of the token; 0 if a text of the record contains a NUL, or a public key does not
// have 32 bytes, so that no token can be written.
[[nodiscard]] qsizetype sizeOf(const SessionRecord &record);
// Writes the token, which has this size.
void write(const SessionRecord &record, char *token, qsizetype size);
// Returns what a token says; null for anything that write() has not written.
[[nodiscard]] std::shared_ptr<SessionRecord> read(QByteArrayView token);
// Returns a number that consecutive sessions do not share below a power of two of 64^2.
[[nodiscard]] inline size_t slotOf(QByteArrayView token)
{
    return (static_cast<size_t>(token[0]) & 63) | (static_cast<size_t>(token[1]) & 63) << 6;
}

} // namespace SessionToken

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_SESSIONTOKEN_H
