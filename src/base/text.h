// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_TEXT_H
#define QZAP_BASE_TEXT_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// The encoding of user names, principals and user ids in requests and replies. Internally, all
// texts are UTF-8.
enum class TextEncoding { Utf8, Latin1 };

// The limit of RFC 27 and libzmq for domains, and of QZap for every name and password.
inline constexpr qsizetype MaximumTextSize = 255;

// The byte order mark of UTF-8. A QString does not reveal whether the text started with one.
inline constexpr QByteArrayView ByteOrderMark = "\xef\xbb\xbf";

bool isAscii(QByteArrayView text);

// Returns whether the character separates words within a line.
constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

// Returns the first word of a line; empty for a blank one.
QByteArrayView firstWordOf(QByteArrayView line);

// Returns whether the text is valid UTF-8 without control characters, including NUL, and without a
// byte order mark.
bool isCleanText(QByteArrayView utf8);

// These functions return a text from a peer, a file or a user in a form that is safe to print.
// Characters that are not printable, that end a line or that change its direction are replaced by
// \uXXXX for each of their UTF-16 units. printable() does not change printable text; quoted() puts
// the text in quotes and escapes quotes and backslashes, so that no two texts have the same result.
QString printable(const QString &text);
QString quoted(const QString &text);

} // namespace QZap::Internal

#endif // QZAP_BASE_TEXT_H
