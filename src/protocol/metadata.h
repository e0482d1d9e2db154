// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_METADATA_H
#define QZAP_PROTOCOL_METADATA_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <optional>

namespace QZap::Internal {

inline constexpr qsizetype MaximumMetadataSize = 65536;

// The fields whose values are those of the request.
inline constexpr QLatin1StringView MechanismField{"Mechanism"};
inline constexpr QLatin1StringView DomainField{"Domain"};

// Why a name cannot stand in a reply's metadata (RFC 27's alphabet, names that libzmq itself
// uses); empty where it can.
QString metadataNameError(const QString &name);

// The metadata frame of a reply (RFC 27): name length, name, value length, value, repeated.
// Without a value, *errorMessage says which entry cannot be sent and why.
std::optional<QByteArray> encodeMetadata(const QVariantMap &metadata, QString *errorMessage);
// Appends one entry. Nothing is checked.
void appendMetadata(QByteArrayView name, QByteArrayView value, QByteArray *frame);
// What such a frame says, its values as text; of a broken one what stands before the break.
QVariantMap decodeMetadata(QByteArrayView frame);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_METADATA_H
