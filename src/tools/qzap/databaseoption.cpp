// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "databaseoption.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

SqlOptions databaseOf(const QString &value)
{
    constexpr QLatin1StringView PostgreSql{"postgresql:"};
    constexpr QLatin1StringView Sqlite{"sqlite:"};
    SqlOptions options;
    options.driver = u"QSQLITE"_s;
    options.connectionOptions = value;
    if (value.startsWith(PostgreSql)) {
        options.driver = u"QPSQL"_s;
        options.connectionOptions = value.sliced(PostgreSql.size());
    } else if (value.startsWith(Sqlite)) {
        options.connectionOptions = value.sliced(Sqlite.size());
    }
    return options;
}
