// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_Z85_H
#define QZAP_PROTOCOL_Z85_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

inline constexpr qsizetype CurveKeySize = 32;
inline constexpr qsizetype CurveKeyTextSize = 40;

// ZeroMQ's RFC 32 text form of binary keys.
namespace Z85 {
// Writes size / 4 * 5 characters; size must be a multiple of 4.
void encode(const void *bytes, qsizetype size, char *text);
QByteArray encode(QByteArrayView bytes);

// Returns false if a character is not in the alphabet, a group exceeds 32 bits or the length is
// wrong.
bool decode(QByteArrayView text, void *bytes);
// Returns whether the text is a valid 32-byte key.
bool isKey(QByteArrayView text);
} // namespace Z85

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_Z85_H
