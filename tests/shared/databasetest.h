// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DATABASETEST_H
#define DATABASETEST_H

#include "filetest.h"
#include "postgresserver.h"

#include <memory>

// The base of tests that work with each kind of database. Each test program has one PostgreSQL
// server, except in an emulator. A new database is a new file, or a new schema on the server, which
// takes less time than a new database there.
class DatabaseTest : public FileTest
{
    Q_OBJECT

protected Q_SLOTS:
    // Starts the server.
    virtual void initTestCase();
    virtual void cleanupTestCase();

protected:
    // Adds the column "driver", and a row for each driver.
    static void addDrivers();
    static QStringList drivers();
    static bool isPostgreSql(const QString &driver) { return driver == QLatin1StringView("QPSQL"); }

    // Returns connection options for a new database. The SQLite file does not exist.
    QString newDatabase(const QString &driver);
    // Returns those for the last new database of PostgreSQL, as another role.
    QString optionsAs(const QString &role) const;
    // Executes statements in the last new database; only one with SQLite. Returns the error.
    [[nodiscard]] QString execute(const QString &sql) const;
    // Returns the first value of a query's result in the last new database, as text.
    QString value(const QString &sql) const;
    PostgresServer &server() { return *m_server; }
    // The path of the last new file, or the name of the last new schema.
    QString databaseName() const { return m_name; }

private:
    QString run(const QString &sql, QString *error) const;

    std::unique_ptr<PostgresServer> m_server;
    QString m_driver;
    QString m_name;
    int m_count = 0;
};

#endif // DATABASETEST_H
