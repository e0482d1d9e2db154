// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/metadata.h"

#include "base/text.h"

#include <QtCore/qendian.h>
#include <QtCore/qset.h>
#include <QtCore/qvariant.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace QZap::Internal {

namespace {

// libzmq or this library sets these itself: a reply that contains one would falsify the peer's
// identity.
constexpr QLatin1StringView ReservedNames[] = {
    QLatin1StringView("User-Id"),      QLatin1StringView("Identity"),
    QLatin1StringView("Socket-Type"),  QLatin1StringView("Routing-Id"),
    QLatin1StringView("Peer-Address"), QLatin1StringView("__fd"),
    QLatin1StringView("QZap-Session"),
};

bool isNameCharacter(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= u'a' && u <= u'z') || (u >= u'A' && u <= u'Z') || (u >= u'0' && u <= u'9')
           || u == u'-' || u == u'_' || u == u'.' || u == u'+';
}

std::optional<QByteArray> valueBytes(const QVariant &value)
{
    if (value.metaType() == QMetaType::fromType<QByteArray>())
        return value.toByteArray();
    if (!value.isValid() || !value.canConvert<QString>())
        return std::nullopt;
    const QString text = value.toString();
    return text.isValidUtf16() ? std::optional(text.toUtf8()) : std::nullopt;
}

} // namespace

Problem metadataNameProblem(const QString &name)
{
    if (name.isEmpty())
        return QStringLiteral("a metadata name is empty");
    if (name.size() > MaximumTextSize)
        return QStringLiteral("a metadata name is longer than 255 bytes");
    if (!std::all_of(name.begin(), name.end(), isNameCharacter)) {
        return QStringLiteral("the metadata name %1 has characters other than letters, digits "
                              "and -_.+")
            .arg(quoted(name));
    }
    const bool reserved =
        std::any_of(std::begin(ReservedNames), std::end(ReservedNames),
                    [&](QLatin1StringView r) { return name.compare(r, Qt::CaseInsensitive) == 0; });
    if (reserved)
        return QStringLiteral("the metadata name %1 is reserved").arg(quoted(name));
    return {};
}

Result<QByteArray> encodeMetadata(const QVariantMap &metadata)
{
    QByteArray frame;
    QSet<QString> seen;
    for (auto it = metadata.begin(); it != metadata.end(); ++it) {
        if (Problem problem = metadataNameProblem(it.key()))
            return problem;
        const QString folded = it.key().toLower();
        if (seen.contains(folded)) {
            return Problem(QStringLiteral("the metadata name %1 occurs twice, in different case")
                               .arg(quoted(it.key())));
        }
        seen.insert(folded);
        const std::optional<QByteArray> value = valueBytes(it.value());
        if (!value) {
            return Problem(
                QStringLiteral("the metadata value of %1 is not text").arg(quoted(it.key())));
        }
        // Servers read the value as a C string, so everything after a NUL would be lost.
        if (value->contains('\0')) {
            return Problem(
                QStringLiteral("the metadata value of %1 contains a NUL").arg(quoted(it.key())));
        }
        appendMetadata(it.key().toLatin1(), *value, &frame);
        if (frame.size() > MaximumMetadataSize)
            return Problem(QStringLiteral("the metadata is larger than 64 KiB"));
    }
    return frame;
}

void appendMetadata(QByteArrayView name, QByteArrayView value, QByteArray *frame)
{
    const qsizetype start = frame->size();
    frame->resize(start + metadataHeadSize(name));
    writeMetadataHead(name, value.size(), frame->data() + start);
    frame->append(value);
}

char *writeMetadataHead(QByteArrayView name, qsizetype valueSize, char *to)
{
    *to++ = static_cast<char>(name.size());
    std::memcpy(to, name.data(), static_cast<size_t>(name.size()));
    to += name.size();
    qToBigEndian(static_cast<quint32>(valueSize), to);
    return to + sizeof(quint32);
}

QVariantMap decodeMetadata(QByteArrayView frame)
{
    QVariantMap metadata;
    visitMetadata(frame, [&metadata](QByteArrayView name, QByteArrayView value) {
        metadata.insert(QString::fromLatin1(name), QString::fromUtf8(value));
    });
    return metadata;
}

} // namespace QZap::Internal
