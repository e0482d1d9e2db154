// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_TEXT_H
#define QZAP_BASE_TEXT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// The encoding of user names, principals and user ids on the wire. Internally, all texts are UTF-8.
enum class TextEncoding { Utf8, Latin1 };

// The limit of RFC 27 and libzmq for domains, and of QZap for every name and password.
inline constexpr qsizetype MaximumTextSize = 255;

// The byte order mark of UTF-8. A QString does not show whether the text started with one.
inline constexpr QByteArrayView ByteOrderMark = "\xef\xbb\xbf";

bool isAscii(QByteArrayView text);

// Returns whether the text is valid UTF-8 without control characters, NUL included, and without a
// byte order mark.
bool isCleanText(QByteArrayView utf8);

// Peers' text made harmless for a log: quoted, control characters and quotes escaped.
QString quoted(const QString &text);

} // namespace QZap::Internal

#endif // QZAP_BASE_TEXT_H
