// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_TEXT_H
#define QZAP_BASE_TEXT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// How domain, address, user name and user id stand on the wire. Inside, all of them are UTF-8.
enum class TextEncoding { Utf8, Latin1 };

// RFC 27's and libzmq's limit on domains, and ours on every name and password.
inline constexpr qsizetype MaximumTextSize = 255;

// Of UTF-8. A QString does not tell a text from the same behind one.
inline constexpr QByteArrayView ByteOrderMark = "\xef\xbb\xbf";

bool isAscii(QByteArrayView text);

// Valid UTF-8 without NUL or another control character, and no byte order mark before it.
bool isCleanText(QByteArrayView utf8);

// Peers' text made harmless for a log: quoted, control characters and quotes escaped.
QString quoted(const QString &text);

} // namespace QZap::Internal

#endif // QZAP_BASE_TEXT_H
