// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeinitcommand.h"

#include "console.h"

#include "sql/database/sqlschema.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

StoreInitCommand::StoreInitCommand()
    : StoreCommand(
        u"init"_s, u"Make or update the tables of a database."_s,
        u"Makes the tables qzap_credentials, qzap_changes and qzap_meta, or updates them "
        "to the latest version, as a whole or not at all. An SQLite file that does not "
        "exist is created, with mode 0600. Tables of a later version, and incomplete "
        "ones, are refused.\n\n"
        "Exit codes: 0 done, 2 wrong arguments, 3 the database cannot be opened or "
        "changed."_s,
        Access::Create)
    , m_grant(u"grant"_s,
              u"PostgreSQL: let this role read the tables, which is all that servers need. Can be "
              u"given "
              "more than once."_s,
              u"ROLE"_s)
    , m_notify(
          u"notify"_s,
          u"PostgreSQL: notify this channel of each transaction that changes credentials, so that "
          "servers that listen to it read the changes at once. It makes many small changes "
          "slower."_s,
          u"CHANNEL"_s)
    , m_noNotify(u"no-notify"_s,
                 u"PostgreSQL: notify no channel any longer. Servers see changes when they poll."_s)
{
    addOptions({m_grant, m_noNotify});
    addSingleOptions({m_notify});
}

Problem StoreInitCommand::problemOfOptions()
{
    if (isSet(m_notify) && isSet(m_noNotify))
        return u"give either --notify or --no-notify"_s;
    return {};
}

ExitCode StoreInitCommand::executeOn(const SqlConnection &connection)
{
    if (const Problem problem = SqlSchema::migrate(connection))
        return failed(problem.text());
    for (const QString &role : values(m_grant)) {
        if (const Problem problem = SqlSchema::grantReading(connection, role))
            return failed(problem.text());
    }
    if (isSet(m_notify) || isSet(m_noNotify)) {
        const QString channel = isSet(m_notify) ? value(m_notify) : QString();
        if (const Problem problem = SqlSchema::setNotifyChannel(connection, channel))
            return failed(problem.text());
    }
    Console::print(
        connection.problem(u"tables of version %1"_s.arg(SqlSchema::LatestVersion)).text());
    return ExitCode::Done;
}
