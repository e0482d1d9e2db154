// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqloptions.h"

#include "base/text.h"
#include "sql/database/libpqsettings.h"

#include <QtCore/qfileinfo.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

Problem fileNameProblem(const QString &file)
{
    if (file.isEmpty())
        return u"no database is named; name the file of an SQLite database"_s;
    // A database in memory belongs to one connection.
    if (file == ":memory:"_L1 || file.startsWith("file:"_L1)) {
        return u"%1 is not the name of a file; name the file of an SQLite database"_s.arg(
            quoted(file));
    }
    // Not quoted: it may contain a password.
    if (file.contains("://"_L1))
        return u"a URI is not the name of a file; for PostgreSQL, write settings as keyword=value"_s;
    return {};
}

} // namespace

Problem SqlOptions::problem() const
{
    if (connectionOptions.contains(QChar::Null))
        return u"the connection options contain a NUL character"_s;
    if (driver == "QSQLITE"_L1)
        return fileNameProblem(connectionOptions);
    if (!isPostgreSql()) {
        return u"there is no driver %1; use QPSQL for PostgreSQL, or QSQLITE for SQLite"_s.arg(
            quoted(driver));
    }
    const Result<LibpqSettings> settings = LibpqSettings::parse(connectionOptions);
    return settings ? settings->problem() : settings.problem();
}

QString SqlOptions::databaseText() const
{
    if (!isPostgreSql())
        return connectionOptions;
    const Result<LibpqSettings> settings = LibpqSettings::parse(connectionOptions);
    return settings ? settings->databaseText() : u"postgresql"_s;
}

} // namespace QZap::Internal
