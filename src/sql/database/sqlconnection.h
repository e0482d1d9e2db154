// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLCONNECTION_H
#define QZAP_SQL_DATABASE_SQLCONNECTION_H

#include "base/problem.h"
#include "sql/database/sqloptions.h"

#include <QtCore/qstring.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlquery.h>

#include <functional>

namespace QZap::Internal {

// A connection of its own to a database, which is closed on destruction. It is used and destroyed
// in the thread that opened it. Queries of its database() must not be executed afterwards.
class SqlConnection
{
public:
    enum class Access {
        ReadOnly,
        ReadWrite,
        Create, // ReadWrite; also creates an SQLite file, which only its owner can read
    };

    SqlConnection() = default;
    ~SqlConnection();
    Q_DISABLE_COPY_MOVE(SqlConnection)

    // Opens the database, and closes a former one. Blocks for several seconds if the server does
    // not answer.
    [[nodiscard]] Problem open(const SqlOptions &options, Access access);
    // The function is called by open() as soon as there is a connection, before its first
    // statement, or if there will be none.
    void setAnswered(std::function<void()> answered) { m_answered = std::move(answered); }
    void close();
    // A lost connection is noticed by a statement that fails.
    bool isOpen() const { return m_database.isOpen(); }
    QSqlDatabase database() const { return m_database; }
    bool isPostgreSql() const { return m_options.isPostgreSql(); }
    // Returns whether the file is on a read-only file system, and is read without locks.
    bool isImmutable() const { return m_isImmutable; }
    // Returns a query that keeps only the current row.
    QSqlQuery query() const;

    // Executes a statement that has no values and no result.
    [[nodiscard]] Problem execute(const QString &statement) const;
    // Returns the problem of the last statement of the query. Contains no values of the statement,
    // and names the database.
    [[nodiscard]] Problem problemOf(const QSqlQuery &query) const;
    [[nodiscard]] Problem problem(const QString &what) const;

private:
    Problem openPostgreSql(Access access);
    Problem protectReading() const;
    Problem openSqlite(Access access);
    Problem useWriteAheadLog() const;
    Problem connect(const QString &databaseName, const QString &options);

    SqlOptions m_options;
    QString m_name; // of Qt's connection
    QSqlDatabase m_database;
    bool m_isImmutable = false;
    std::function<void()> m_answered;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLCONNECTION_H
