// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "databasetest.h"

#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlerror.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace {

// A connection of a test to its database.
class TestConnection
{
public:
    TestConnection(const QString &driver, const QString &name, const QString &options)
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(driver, Name);
        database.setDatabaseName(name);
        database.setConnectOptions(options);
        if (!database.open())
            qFatal("%s: %s", qPrintable(name), qPrintable(database.lastError().text()));
    }
    ~TestConnection() { QSqlDatabase::removeDatabase(Name); }
    Q_DISABLE_COPY_MOVE(TestConnection)

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
    if (const QString problem = execute(u"CREATE SCHEMA "_s + m_name); !problem.isEmpty())
        qFatal("%s", qPrintable(problem));
    return optionsAs(u"postgres"_s);
}

QString DatabaseTest::optionsAs(const QString &role) const
{
    return m_server->connectionOptions(u"postgres"_s, role)
           + u" options='-csearch_path=%1 -cclient_min_messages=error'"_s.arg(m_name);
}

QString DatabaseTest::execute(const QString &sql) const
{
    QString error;
    (void)run(sql, &error);
    return error;
}

QString DatabaseTest::value(const QString &sql) const
{
    QString error;
    return run(sql, &error);
}

QString DatabaseTest::run(const QString &sql, QString *error) const
{
    const bool isPostgres = isPostgreSql(m_driver);
    const TestConnection connection(m_driver, isPostgres ? QString() : m_name,
                                    isPostgres ? optionsAs(u"postgres"_s)
                                               : u"QSQLITE_BUSY_TIMEOUT=10000"_s);
    QSqlQuery query = connection.query();
    if (!query.exec(sql)) {
        *error = query.lastError().text();
        return {};
    }
    return query.next() ? query.value(0).toString() : QString();
}
