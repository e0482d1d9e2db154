// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_METADATA_H
#define QZAP_PROTOCOL_METADATA_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

namespace QZap::Internal {

inline constexpr qsizetype MaximumMetadataSize = 65536;

// The fields whose values are those of the request.
inline constexpr QLatin1StringView MechanismField{"Mechanism"};
inline constexpr QLatin1StringView DomainField{"Domain"};

// Returns why the metadata of a reply cannot contain such a name: it has characters outside RFC
// 27's alphabet, or libzmq itself uses it.
[[nodiscard]] Problem metadataNameProblem(const QString &name);

// Returns the metadata frame of a reply (RFC 27): name length, name, value length, value, repeated.
// The problem concerns the first entry that cannot be sent.
[[nodiscard]] Result<QByteArray> encodeMetadata(const QVariantMap &metadata);
// Appends one entry without checking it.
void appendMetadata(QByteArrayView name, QByteArrayView value, QByteArray *frame);
// Returns the fields of such a frame, with values as text; for an invalid frame, those before the
// error.
QVariantMap decodeMetadata(QByteArrayView frame);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_METADATA_H
