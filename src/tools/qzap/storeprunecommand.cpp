// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeprunecommand.h"

#include "console.h"
#include "filecheck.h"

#include "base/text.h"
#include "sql/database/sqlcredentials.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumHours = 100'000;

} // namespace

StorePruneCommand::StorePruneCommand()
    : StoreCommand(u"prune"_s, u"Remove old changes from the feed of a database."_s,
                   u"Each change of a key or user is written to the table qzap_changes, from which "
                   "servers read what is new. A server that has not read a change before it is "
                   "removed reads all keys and users again.\n\n"
                   "Exit codes: 0 done, 2 wrong arguments, 3 the database cannot be opened or "
                   "changed."_s,
                   Access::ReadWrite)
    , m_keep(u"keep"_s, u"Keep the changes of the last hours. Default: 24."_s, u"HOURS"_s, u"24"_s)
{
    addSingleOptions({m_keep});
}

Problem StorePruneCommand::problemOfOptions()
{
    bool isNumber = false;
    const int hours = value(m_keep).toInt(&isNumber);
    if (!isNumber || hours < 0 || hours > MaximumHours) {
        return u"--keep: %1 is not a number of hours from 0 to %2."_s.arg(
            quoted(value(m_keep)), QString::number(MaximumHours));
    }
    m_seconds = qint64{hours} * 3600;
    return {};
}

ExitCode StorePruneCommand::executeOn(const SqlConnection &connection)
{
    SqlCredentials credentials(connection);
    const Result<qint64> count = credentials.prune(m_seconds);
    if (!count)
        return failed(count.problem().text());
    Console::print(u"%1 removed"_s.arg(counted(*count, u"change"_s)));
    return ExitCode::Done;
}
