// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlerror.h"

#include <QtSql/qsqlerror.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Returns the message proper: the first line without its severity, such as "ERROR:  ", whose name
// depends on the server's language. The next lines quote the row or the statement.
QString postgreSqlMessage(const QString &text)
{
    const QString line = text.section(u'\n', 0, 0);
    const qsizetype severity = line.indexOf(":  "_L1);
    return (severity < 0 ? line : line.sliced(severity + 3)).trimmed();
}

QString postgreSqlHint(const QString &state)
{
    if (state == "42501"_L1) {
        return u"; its owner can let a role read the tables with qzap store init --grant ROLE, and "
               "write them with GRANT SELECT, INSERT, UPDATE, DELETE ON qzap_credentials"_s;
    }
    if (state == "42P01"_L1 || state == "42883"_L1)
        return u"; make the tables with qzap store init"_s;
    if (state == "25006"_L1)
        return u"; a standby, or a connection that only reads, changes nothing: connect to the "
               "primary server"_s;
    return {};
}

QString sqliteHint(const QString &text)
{
    if (text.startsWith("no such table"_L1))
        return u"; make the tables with qzap store init"_s;
    if (text.startsWith("attempt to write a readonly database"_L1))
        return u"; the file and its directory must be writable"_s;
    if (text.startsWith("unable to open database file"_L1)) {
        return u"; the file must be readable, and so must FILE-wal and FILE-shm; if nobody has the "
               "database open, its directory must be writable"_s;
    }
    return {};
}

} // namespace

QString sqlErrorText(const QSqlError &error, bool isPostgreSql)
{
    QString text = error.databaseText();
    if (text.isEmpty())
        text = error.driverText();
    if (!isPostgreSql)
        return text + sqliteHint(text);
    return postgreSqlMessage(text) + postgreSqlHint(error.nativeErrorCode());
}

QString connectionErrorText(const QSqlError &error)
{
    const QString text = error.databaseText().simplified();
    return text.isEmpty() ? error.driverText() : text;
}

} // namespace QZap::Internal
