// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLOPTIONS_H
#define QZAP_SQL_DATABASE_SQLOPTIONS_H

#include "base/problem.h"

#include <QtCore/qstring.h>

namespace QZap::Internal {

// Which database to connect to.
struct SqlOptions
{
    QString driver; // of Qt: "QPSQL" or "QSQLITE"
    // QPSQL: settings of libpq, such as "host=/run/postgresql dbname=fleet user=gateway".
    // QSQLITE: the name of a file.
    QString connectionOptions;
    // PostgreSQL: the time after which the server ends a statement, in milliseconds.
    int statementTimeout = 60'000;

    bool isPostgreSql() const { return driver == QLatin1StringView("QPSQL"); }
    // Returns why these options are refused. A connection to anything but a Unix socket or the
    // loopback address must be encrypted, with a verified certificate (sslmode=verify-full);
    // settings from the environment count, and what they leave open is not local. A password is
    // refused: command lines and configurations are read by others.
    [[nodiscard]] Problem problem() const;
    // Returns the database for messages: the file, or the host and the name of the database.
    QString databaseText() const;

    friend bool operator==(const SqlOptions &lhs, const SqlOptions &rhs)
    {
        return lhs.driver == rhs.driver && lhs.connectionOptions == rhs.connectionOptions
               && lhs.statementTimeout == rhs.statementTimeout;
    }
    friend bool operator!=(const SqlOptions &lhs, const SqlOptions &rhs) { return !(lhs == rhs); }
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLOPTIONS_H
