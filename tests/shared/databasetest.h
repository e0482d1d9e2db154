// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DATABASETEST_H
#define DATABASETEST_H

#include "filetest.h"
#include "postgresserver.h"

#include <memory>

// The base of tests that work with each kind of database. Each test program has one PostgreSQL
// server, except in an emulator, and each database is empty.
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

    // Returns connection options for a new database. The file of SQLite does not exist.
    QString newDatabase(const QString &driver);
    // Executes statements in the last new database, with the program of the database.
    [[nodiscard]] QString execute(const QString &sql) const;
    // Returns the first value of a query's result in the last new database, as text.
    QString value(const QString &sql) const;
    PostgresServer &server() { return *m_server; }
    // The name of the last new database of PostgreSQL, or the path of its file.
    QString databaseName() const { return m_name; }

private:
    std::unique_ptr<PostgresServer> m_server;
    QString m_driver;
    QString m_name;
    int m_count = 0;
};

#endif // DATABASETEST_H
