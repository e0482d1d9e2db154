// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storecommand.h"

#include "databaseoption.h"

#include "sql/database/sqlschema.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

StoreCommand::StoreCommand(const QString &action, const QString &summary,
                           const QString &description, Access access)
    : Command(u"store "_s + action, summary, description)
    , m_database(u"database"_s,
                 u"The database: postgresql: followed by settings of libpq, such as "
                 "\"postgresql:host=/run/postgresql dbname=fleet\", or an SQLite file. "
                 "Required. Passwords are read from a file (passfile=, PGPASSFILE or "
                 "PGSERVICEFILE)."_s,
                 u"DATABASE"_s)
    , m_access(access)
{
    addSingleOptions({m_database});
}

void StoreCommand::addSingleOptions(const QList<QCommandLineOption> &options)
{
    addOptions(options);
    m_singleOptions += options;
}

ExitCode StoreCommand::execute()
{
    for (const QCommandLineOption &option : std::as_const(m_singleOptions)) {
        if (values(option).size() > 1)
            return usageError(u"--%1: give it once."_s.arg(option.names().constLast()));
    }
    if (!isSet(m_database))
        return usageError(u"--database is missing."_s);
    const SqlOptions options = databaseOf(value(m_database));
    if (const Problem problem = options.problem())
        return usageError(u"--database: %1."_s.arg(problem.text()));
    if (const Problem problem = problemOfOptions())
        return usageError(problem.text());

    SqlConnection connection;
    if (const Problem problem = connection.open(options, m_access))
        return failed(problem.text());
    if (needsTables()) {
        if (const Problem problem = SqlSchema::problemOf(connection))
            return failed(problem.text());
    }
    return executeOn(connection);
}
