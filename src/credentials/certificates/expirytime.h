// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_EXPIRYTIME_H
#define QZAP_CREDENTIALS_CERTIFICATES_EXPIRYTIME_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// The field of a certificate or key list with the time from which its key is refused.
inline constexpr char NotAfterField[] = "not-after";

// Returns whether a text starts with the name of that field in any spelling, as "Not_After = x"
// does. Such a field is intended to restrict a key, and must not be ignored.
[[nodiscard]] bool resemblesNotAfter(QByteArrayView text);

// Returns the time in milliseconds since 1970 of such a field. The value is an ISO 8601 time with
// an offset, such as "2027-01-31T00:00:00Z" or "2027-01-31T02:00+02:00".
[[nodiscard]] Result<qint64> expiryTimeOf(QByteArrayView name, QByteArrayView value);

// Returns the time in UTC, without fractions of a second; empty if its year is not between 1 and
// 9999: no field can contain such a time.
[[nodiscard]] QByteArray expiryText(qint64 milliseconds);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_EXPIRYTIME_H
