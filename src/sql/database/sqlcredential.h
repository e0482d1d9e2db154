// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLCREDENTIAL_H
#define QZAP_SQL_DATABASE_SQLCREDENTIAL_H

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qstring.h>

#include <optional>

namespace QZap::Internal {

// A row of the table qzap_credentials.
struct SqlCredential
{
    enum class Kind { Curve, Plain };

    struct Id
    {
        QString domain;
        Kind kind = Kind::Curve;
        QByteArray key; // of 32 bytes, for CURVE
        QString name;   // of the user, for PLAIN
    };

    Id id;
    QByteArray hash; // of the user's password
    QString userId;  // for CURVE
    QJsonObject fields;
    std::optional<QDateTime> notAfter;
    bool isEnabled = true;
};

// The rows that have all given values.
struct SqlSelection
{
    std::optional<QString> domain;
    std::optional<QByteArray> key;
    std::optional<QString> name;
    std::optional<QString> userId; // also the name of a user

    bool isEmpty() const { return !domain && !key && !name && !userId; }
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLCREDENTIAL_H
