// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "databasetest.h"

#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlerror.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace {

// A connection of a test to a file of SQLite.
class SqliteFile
{
public:
    explicit SqliteFile(const QString &file)
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, Name);
        database.setDatabaseName(file);
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=10000"_s);
        if (!database.open())
            qFatal("%ls: %ls", qUtf16Printable(file), qUtf16Printable(database.lastError().text()));
    }
    ~SqliteFile() { QSqlDatabase::removeDatabase(Name); }
    Q_DISABLE_COPY_MOVE(SqliteFile)

    QSqlQuery query() const { return QSqlQuery(QSqlDatabase::database(Name)); }

private:
    static constexpr QLatin1StringView Name{"databasetest"};
};

} // namespace

QStringList DatabaseTest::drivers()
{
#ifdef QZAP_CROSS_COMPILED
    return {u"QSQLITE"_s}; // a server of another architecture is not installed
#else
    return {u"QSQLITE"_s, u"QPSQL"_s};
#endif
}

void DatabaseTest::addDrivers()
{
    QTest::addColumn<QString>("driver");
    for (const QString &driver : drivers())
        QTest::addRow("%s", qPrintable(driver)) << driver;
}

void DatabaseTest::initTestCase()
{
    for (const QString &driver : drivers()) {
        QVERIFY2(QSqlDatabase::isDriverAvailable(driver),
                 qPrintable(u"Qt has no driver %1; install it, on Debian and Ubuntu the package "
                            "libqt6sql6-sqlite or libqt6sql6-psql"_s.arg(driver)));
    }
    if (!drivers().contains(u"QPSQL"_s))
        return;
    m_server = std::make_unique<PostgresServer>();
    const QString problem = m_server->create();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void DatabaseTest::cleanupTestCase()
{
    m_server.reset();
}

QString DatabaseTest::newDatabase(const QString &driver)
{
    m_driver = driver;
    ++m_count;
    if (!isPostgreSql(driver)) {
        m_name = path(u"store%1.sqlite"_s.arg(m_count));
        return m_name;
    }
    m_name = u"store%1"_s.arg(m_count);
    if (const QString problem = m_server->createDatabase(m_name); !problem.isEmpty())
        qFatal("%ls", qUtf16Printable(problem));
    return m_server->connectionOptions(m_name);
}

QString DatabaseTest::execute(const QString &sql) const
{
    if (isPostgreSql(m_driver))
        return m_server->execute(sql, m_name);
    const SqliteFile file(m_name);
    QSqlQuery query = file.query();
    return query.exec(sql) ? QString() : query.lastError().text();
}

QString DatabaseTest::value(const QString &sql) const
{
    if (isPostgreSql(m_driver))
        return m_server->value(sql, m_name);
    const SqliteFile file(m_name);
    QSqlQuery query = file.query();
    return query.exec(sql) && query.next() ? query.value(0).toString() : QString();
}
