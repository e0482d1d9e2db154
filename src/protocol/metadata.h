// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_METADATA_H
#define QZAP_PROTOCOL_METADATA_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qendian.h>
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
// The size of an entry without its value.
inline constexpr qsizetype metadataHeadSize(QByteArrayView name)
{
    return 1 + name.size() + qsizetype{sizeof(quint32)};
}
// Writes it without checking the name, and returns where the value belongs.
char *writeMetadataHead(QByteArrayView name, qsizetype valueSize, char *to);
// Appends one entry without checking it.
void appendMetadata(QByteArrayView name, QByteArrayView value, QByteArray *frame);
// Calls visit(name, value) for each field of such a frame; for an invalid frame, for those before
// the error.
template <typename Visit>
void visitMetadata(QByteArrayView frame, Visit visit)
{
    while (!frame.isEmpty()) {
        const qsizetype nameSize = static_cast<uchar>(frame.front());
        const qsizetype headerSize = 1 + nameSize + qsizetype{sizeof(quint32)};
        if (frame.size() < headerSize)
            break;
        const qint64 announcedSize = qFromBigEndian<quint32>(frame.data() + 1 + nameSize);
        if (frame.size() - headerSize < announcedSize)
            break;
        const auto valueSize = static_cast<qsizetype>(announcedSize);
        visit(frame.sliced(1, nameSize), frame.sliced(headerSize, valueSize));
        frame = frame.sliced(headerSize + valueSize);
    }
}
// Returns the fields of such a frame, with values as text; for an invalid frame, those before the
// error.
QVariantMap decodeMetadata(QByteArrayView frame);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_METADATA_H
