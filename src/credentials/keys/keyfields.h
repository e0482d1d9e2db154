// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYFIELDS_H
#define QZAP_CREDENTIALS_KEYS_KEYFIELDS_H

#include "base/problem.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qstringview.h>

namespace QZap::Internal {

inline constexpr qsizetype MaximumPublishedFields = 64;

// The fields of certificates and key lists that are used. Names are case-sensitive.
struct KeyFields
{
    QString userIdField;         // its value is the user id; empty: none
    QStringList publishedFields; // all are always sent as metadata, in this order

    friend bool operator==(const KeyFields &lhs, const KeyFields &rhs)
    {
        return lhs.userIdField == rhs.userIdField && lhs.publishedFields == rhs.publishedFields;
    }
    friend bool operator!=(const KeyFields &lhs, const KeyFields &rhs) { return !(lhs == rhs); }
};

// Returns whether the field is one of the request (MechanismField, DomainField), not of the key.
[[nodiscard]] bool isRequestField(QStringView name);

// Returns why these fields are invalid.
[[nodiscard]] Problem fieldNamesProblem(const KeyFields &fields);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYFIELDS_H
