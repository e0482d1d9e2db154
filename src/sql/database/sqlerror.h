// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLERROR_H
#define QZAP_SQL_DATABASE_SQLERROR_H

#include <QtCore/qstring.h>

QT_FORWARD_DECLARE_CLASS(QSqlError)

namespace QZap::Internal {

// Returns the text of an error of a statement, and what to do about it if the tables or their
// permissions are the cause. Contains no values: the details that PostgreSQL reports contain the
// whole row, with its hash.
[[nodiscard]] QString sqlErrorText(const QSqlError &error, bool isPostgreSql);

// Returns the text of an error of opening a connection, in one line.
[[nodiscard]] QString connectionErrorText(const QSqlError &error);

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLERROR_H
