// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_ZPLPROPERTY_H
#define QZAP_CREDENTIALS_CERTIFICATES_ZPLPROPERTY_H

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// A name and its value in a line of ZPL (RFC 4); both are views of the line.
struct ZplProperty
{
    QByteArrayView name;
    QByteArrayView value;
    bool hasValue = false;
    bool isQuoted = false;
    const char *problem = nullptr; // a predicate whose subject is the name of the line
};

// Parses a line that is trimmed.
[[nodiscard]] ZplProperty parseZplProperty(QByteArrayView line);

// Returns whether this is a name: it consists of A-Z, a-z, 0-9 and $_@.&+/-, without '/' at either
// end.
[[nodiscard]] bool isZplName(QByteArrayView name);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_ZPLPROPERTY_H
