// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqltransaction.h"

#include "sql/database/sqlconnection.h"

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

QString beginOf(SqlTransaction::Kind kind, bool isPostgreSql)
{
    if (kind == SqlTransaction::Kind::Write)
        return isPostgreSql ? u"BEGIN"_s : u"BEGIN IMMEDIATE"_s;
    return isPostgreSql ? u"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"_s : u"BEGIN"_s;
}

} // namespace

SqlTransaction::SqlTransaction(const SqlConnection &connection)
    : m_connection(connection)
{ }

SqlTransaction::~SqlTransaction()
{
    rollBack();
}

Problem SqlTransaction::begin(Kind kind)
{
    Problem problem = m_connection.execute(beginOf(kind, m_connection.isPostgreSql()));
    m_isActive = !problem;
    return problem;
}

Problem SqlTransaction::commit()
{
    Problem problem = m_connection.execute(u"COMMIT"_s);
    if (problem)
        rollBack(); // SQLite keeps a transaction that could not be committed
    m_isActive = false;
    return problem;
}

void SqlTransaction::rollBack()
{
    // A lost or closed connection rolls back as well.
    if (m_isActive && m_connection.isOpen())
        (void)m_connection.execute(u"ROLLBACK"_s);
    m_isActive = false;
}

} // namespace QZap::Internal
