// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlschema.h"

#include "databasetest.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqltransaction.h"

#include <QtCore/qvariant.h>
#include <QtTest/qtest.h>

#include <thread>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests the tables of each kind of database, and connections to it.
class tst_SqlSchema : public DatabaseTest
{
    Q_OBJECT

private Q_SLOTS:
    void makesTables_data() { addDrivers(); }
    void makesTables();
    void severalAtOnce_data() { addDrivers(); }
    void severalAtOnce();
    void refusesWhatIsIncomplete_data();
    void refusesWhatIsIncomplete();
    void appliesAllOrNothing_data() { addDrivers(); }
    void appliesAllOrNothing();
    void tablesRefuse_data();
    void tablesRefuse();
    void feedHasEachChange_data();
    void feedHasEachChange();
    void feedHasTruncation();
    void writersNeedNoOtherPermission();
    void readerNeedsOnlySelect();
    void readOnlyConnection_data() { addDrivers(); }
    void readOnlyConnection();
    void newFileIsPrivate();
    void serverThatIsAway();
    void statementsEnd();
    void notifiesOnceInATransaction();

private:
    // Connects to a new database, and makes the tables unless `isEmpty`.
    void connect(const QString &driver, bool isEmpty = false);
    QString feed() const;

    SqlOptions m_options;
    std::unique_ptr<SqlConnection> m_connection;

protected Q_SLOTS:
    void cleanup() override
    {
        m_connection.reset();
        DatabaseTest::cleanup();
    }
};

void tst_SqlSchema::connect(const QString &driver, bool isEmpty)
{
    m_options = {driver, newDatabase(driver)};
    m_connection = std::make_unique<SqlConnection>();
    Problem problem = m_connection->open(m_options, SqlConnection::Access::Create);
    if (!problem && !isEmpty)
        problem = SqlSchema::migrate(*m_connection);
    if (problem)
        qFatal("%ls", qUtf16Printable(problem.text()));
}

// Returns the feed as "curve removed,plain inserted", and empties it.
QString tst_SqlSchema::feed() const
{
    QStringList changes;
    QSqlQuery query(m_connection->database());
    if (!query.exec(u"SELECT domain, kind, key, name, removed FROM qzap_changes "
                    "ORDER BY xid, domain, removed"_s))
        return m_connection->problemOf(query).text();
    while (query.next()) {
        const QString id = query.value(1).toString() == "curve"_L1
                               ? QString::fromLatin1(query.value(2).toByteArray().left(1))
                               : query.value(3).toString();
        changes += (query.value(4).toBool() ? u'-' : u'+') + query.value(0).toString() + u'/' + id;
    }
    query.finish();
    const Problem problem = m_connection->execute(u"DELETE FROM qzap_changes"_s);
    return problem ? problem.text() : changes.join(u' ');
}

void tst_SqlSchema::makesTables()
{
    QFETCH(const QString, driver);
    connect(driver, true);
    QCOMPARE(*SqlSchema::version(*m_connection), 0);
    QVERIFY(SqlSchema::problemOf(*m_connection).text().contains(u"qzap store init"_s));
    Problem problem = SqlSchema::migrate(*m_connection);
    QVERIFY2(!problem, qPrintable(problem.text()));
    QCOMPARE(*SqlSchema::version(*m_connection), 1);
    problem = SqlSchema::problemOf(*m_connection);
    QVERIFY2(!problem, qPrintable(problem.text()));
    const QString identity = value(u"SELECT identity FROM qzap_meta"_s);
    QVERIFY(identity.size() >= 32);
    QVERIFY(!SqlSchema::migrate(*m_connection)); // changes nothing
    QCOMPARE(value(u"SELECT identity FROM qzap_meta"_s), identity);
    if (!isPostgreSql(driver))
        QCOMPARE(value(u"PRAGMA journal_mode"_s), u"wal"_s);
}

void tst_SqlSchema::severalAtOnce()
{
    QFETCH(const QString, driver);
    constexpr int Count = 4;
    m_options = {driver, newDatabase(driver)};
    std::vector<QString> problems(Count);
    std::vector<std::thread> threads;
    threads.reserve(Count);
    for (int i = 0; i < Count; ++i) {
        threads.emplace_back([this, problem = &problems[size_t(i)]] {
            SqlConnection connection;
            *problem = connection.open(m_options, SqlConnection::Access::Create).text();
            if (problem->isEmpty())
                *problem = SqlSchema::migrate(connection).text();
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    for (const QString &problem : problems)
        QCOMPARE(problem, QString());
    QCOMPARE(value(u"SELECT count(*) FROM qzap_meta"_s), u"1"_s);
}

void tst_SqlSchema::refusesWhatIsIncomplete_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("said");
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &change, const QString &said) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << change << said;
        };
        const QString onTable = isPostgreSql(driver) ? u" ON qzap_credentials"_s : QString();
        row("later version", u"UPDATE qzap_meta SET version = 2"_s, u"version 2"_s);
        row("much later version", u"UPDATE qzap_meta SET version = 70000"_s, u"version 70000"_s);
        row("no version", u"DELETE FROM qzap_meta"_s, u"has no row"_s);
        row("version 0", u"UPDATE qzap_meta SET version = 0"_s, u"one version"_s);
        row("no qzap_meta", u"DROP TABLE qzap_meta"_s, u"qzap_meta is missing"_s);
        row("no feed", u"DROP TABLE qzap_changes"_s,
            isPostgreSql(driver) ? u"qzap_changes, qzap_pruned are missing"_s
                                 : u"qzap_changes is missing"_s);
        row("no trigger", u"DROP TRIGGER qzap_deleted"_s + onTable, u"qzap_deleted is missing"_s);
        if (!isPostgreSql(driver))
            continue;
        row("trigger that is switched off",
            u"ALTER TABLE qzap_credentials DISABLE TRIGGER qzap_updated"_s,
            u"qzap_updated is missing or not enabled ALWAYS"_s);
        row("trigger for replicas only",
            u"ALTER TABLE qzap_credentials ENABLE REPLICA TRIGGER qzap_updated"_s,
            u"qzap_updated is missing or not enabled ALWAYS"_s);
        row("trigger that not every session executes",
            u"ALTER TABLE qzap_credentials ENABLE TRIGGER qzap_updated"_s,
            u"qzap_updated is missing or not enabled ALWAYS"_s);
        row("all triggers", u"ALTER TABLE qzap_credentials DISABLE TRIGGER ALL"_s,
            u"qzap_inserted, qzap_updated, qzap_deleted, qzap_truncated are missing"_s);
    }
}

void tst_SqlSchema::refusesWhatIsIncomplete()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, change);
    QFETCH(const QString, said);
    connect(driver);
    QCOMPARE(execute(change), QString());
    for (const Problem &problem :
         {SqlSchema::problemOf(*m_connection), SqlSchema::migrate(*m_connection)}) {
        QVERIFY2(problem.text().contains(said), qPrintable(problem.text()));
        QVERIFY2(problem.text().contains(m_options.databaseText()), qPrintable(problem.text()));
    }
}

void tst_SqlSchema::appliesAllOrNothing()
{
    QFETCH(const QString, driver);
    connect(driver, true);
    // The last statements of the migration fail, as this name is taken.
    QCOMPARE(
        execute(isPostgreSql(driver)
                    ? u"CREATE FUNCTION qzap_grant(other text) RETURNS void LANGUAGE sql AS ''"_s
                    : u"CREATE VIEW qzap_deleted AS SELECT 1"_s),
        QString());
    const bool fails = isPostgreSql(driver); // SQLite has separate names for triggers
    if (!fails)
        QCOMPARE(execute(u"CREATE TABLE qzap_changes (x)"_s), QString());
    const Problem problem = SqlSchema::migrate(*m_connection);
    QVERIFY(problem);
    QCOMPARE(execute(fails ? u"DROP FUNCTION qzap_grant(text)"_s : u"DROP TABLE qzap_changes"_s),
             QString());
    QCOMPARE(*SqlSchema::version(*m_connection), 0);
    QVERIFY(!SqlSchema::migrate(*m_connection));
}

void tst_SqlSchema::tablesRefuse_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("columns");
    QTest::addColumn<QString>("values");
    const QString hash = u"'$argon2id$v=19$m=1024,t=1,p=1$x$y'"_s;
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &columns, const QString &values) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << columns << values;
        };
        const auto bytes = [&](qsizetype count) {
            const QString hex = QString(2 * count, u'a');
            return isPostgreSql(driver) ? u"'\\x%1'"_s.arg(hex) : u"x'%1'"_s.arg(hex);
        };
        const auto text = [](int count) { return u'\'' + QString(count, u'x') + u'\''; };
        row("short key", u"domain, kind, key"_s, u"'d', 'curve', "_s + bytes(31));
        row("long key", u"domain, kind, key"_s, u"'d', 'curve', "_s + bytes(33));
        row("no key", u"domain, kind"_s, u"'d', 'curve'"_s);
        row("no domain", u"kind, key"_s, u"'curve', "_s + bytes(32));
        row("empty domain", u"domain, kind, key"_s, u"'', 'curve', "_s + bytes(32));
        row("long domain", u"domain, kind, key"_s, text(256) + u", 'curve', "_s + bytes(32));
        row("other kind", u"domain, kind, key"_s, u"'d', 'gssapi', "_s + bytes(32));
        row("key with a name", u"domain, kind, key, name"_s,
            u"'d', 'curve', "_s + bytes(32) + u", 'x'"_s);
        row("long user id", u"domain, kind, key, user_id"_s,
            u"'d', 'curve', "_s + bytes(32) + u", "_s + text(256));
        row("user without hash", u"domain, kind, name"_s, u"'d', 'plain', 'x'"_s);
        row("user with a password", u"domain, kind, name, hash"_s,
            u"'d', 'plain', 'x', 'geheim'"_s);
        row("empty name", u"domain, kind, name, hash"_s, u"'d', 'plain', '', "_s + hash);
        row("long name", u"domain, kind, name, hash"_s,
            u"'d', 'plain', "_s + text(256) + u", "_s + hash);
        row("user with a key", u"domain, kind, name, hash, key"_s,
            u"'d', 'plain', 'x', "_s + hash + u", "_s + bytes(32));
        row("user with a user id", u"domain, kind, name, hash, user_id"_s,
            u"'d', 'plain', 'x', "_s + hash + u", 'y'"_s);
        row("fields that are a list", u"domain, kind, key, fields"_s,
            u"'d', 'curve', "_s + bytes(32) + u", '[]'"_s);
        row("fields that are no JSON", u"domain, kind, key, fields"_s,
            u"'d', 'curve', "_s + bytes(32) + u", '{'"_s);
    }
}

void tst_SqlSchema::tablesRefuse()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, columns);
    QFETCH(const QString, values);
    connect(driver);
    const QString statement =
        u"INSERT INTO qzap_credentials (%1) VALUES (%2)"_s.arg(columns, values);
    const Problem problem = m_connection->execute(statement);
    QVERIFY(problem);
    // The hash is in the details that PostgreSQL reports.
    QVERIFY2(!problem.text().contains(u"m=1024"_s), qPrintable(problem.text()));
    QCOMPARE(value(u"SELECT count(*) FROM qzap_credentials"_s), u"0"_s);
}

void tst_SqlSchema::feedHasEachChange_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("changes");
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &statement, const QString &changes) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << statement << changes;
        };
        const bool isPostgres = isPostgreSql(driver);
        const QString key = isPostgres ? u"'\\x%1'"_s.arg(QString(64, u'7')) // "wwww..."
                                       : u"x'%1'"_s.arg(QString(64, u'7'));
        row("insertion",
            u"INSERT INTO qzap_credentials (domain, kind, key) VALUES ('a', 'curve', %1)"_s.arg(
                key),
            u"+a/w"_s);
        row("other user id", u"UPDATE qzap_credentials SET user_id = 'x' WHERE kind = 'curve'"_s,
            u"+a/a +b/a"_s);
        row("disabling",
            u"UPDATE qzap_credentials SET enabled = %1 WHERE name = 'n'"_s.arg(
                isPostgres ? u"false"_s : u"0"_s),
            u"+a/n"_s);
        row("other key", u"UPDATE qzap_credentials SET key = %1 WHERE domain = 'b'"_s.arg(key),
            isPostgres ? u"+b/w -b/a"_s : u"-b/a +b/w"_s);
        row("other domain", u"UPDATE qzap_credentials SET domain = 'c' WHERE domain = 'b'"_s,
            u"-b/a +c/a"_s);
        row("other name", u"UPDATE qzap_credentials SET name = 'm' WHERE name = 'n'"_s,
            isPostgres ? u"+a/m -a/n"_s : u"-a/n +a/m"_s);
        row("removal of one", u"DELETE FROM qzap_credentials WHERE name = 'n'"_s, u"-a/n"_s);
        row("removal of two", u"DELETE FROM qzap_credentials WHERE kind = 'curve'"_s,
            u"-a/a -b/a"_s);
        row("no change", u"DELETE FROM qzap_credentials WHERE domain = 'z'"_s, QString());
    }
}

void tst_SqlSchema::feedHasEachChange()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, statement);
    QFETCH(const QString, changes);
    connect(driver);
    const QString key = isPostgreSql(driver)
                            ? u"'\\x%1'"_s.arg(QString(64, u'6').replace(1, 1, u'1'))
                            : u"x'%1'"_s.arg(QString(64, u'6').replace(1, 1, u'1'));
    QVERIFY(!m_connection->execute(
        u"INSERT INTO qzap_credentials (domain, kind, key) VALUES ('a', 'curve', %1), "
        "('b', 'curve', %1)"_s.arg(key)));
    QVERIFY(
        !m_connection->execute(u"INSERT INTO qzap_credentials (domain, kind, name, hash) VALUES "
                               "('a', 'plain', 'n', '$argon2id$x')"_s));
    QVERIFY(!feed().isEmpty());
    const Problem problem = m_connection->execute(statement);
    QVERIFY2(!problem, qPrintable(problem.text()));
    QCOMPARE(feed(), changes);
}

void tst_SqlSchema::feedHasTruncation()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    const QString insertion = u"INSERT INTO qzap_credentials (domain, kind, key) VALUES "
                              "('%1', 'curve', decode(repeat('61', 32), 'hex'))"_s;
    QVERIFY(!m_connection->execute(insertion.arg(u"a"_s)));
    QVERIFY(!m_connection->execute(insertion.arg(u"b"_s)));
    QCOMPARE(feed(), u"+a/a +b/a"_s);
    QVERIFY(!m_connection->execute(u"TRUNCATE qzap_credentials"_s));
    QCOMPARE(feed(), u"-a/a -b/a"_s);
    // Triggers do not depend on this setting, nor on the search path.
    QVERIFY(!m_connection->execute(u"SET session_replication_role = replica"_s));
    QVERIFY(!m_connection->execute(insertion.arg(u"a"_s)));
    QVERIFY(!m_connection->execute(u"SET search_path = pg_catalog"_s));
    QVERIFY(!m_connection->execute(u"DELETE FROM %1.qzap_credentials"_s.arg(databaseName())));
    QVERIFY(!m_connection->execute(u"SET search_path = "_s + databaseName()));
    QCOMPARE(feed(), u"+a/a -a/a"_s);
}

void tst_SqlSchema::writersNeedNoOtherPermission()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    QCOMPARE(execute(u"CREATE ROLE writer LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON "
                     "qzap_credentials TO writer; GRANT USAGE ON SCHEMA %1 TO writer"_s.arg(
                         databaseName())),
             QString());
    SqlConnection writer;
    Problem problem =
        writer.open({u"QPSQL"_s, optionsAs(u"writer"_s)}, SqlConnection::Access::ReadWrite);
    QVERIFY2(!problem, qPrintable(problem.text()));
    problem = writer.execute(u"INSERT INTO qzap_credentials (domain, kind, key) VALUES "
                             "('a', 'curve', decode(repeat('61', 32), 'hex'))"_s);
    QVERIFY2(!problem, qPrintable(problem.text()));
    // A table of the same name in the writer's session does not replace the feed.
    QVERIFY(!writer.execute(u"CREATE TEMP TABLE qzap_changes (x text)"_s));
    QVERIFY(!writer.execute(u"DELETE FROM qzap_credentials"_s));
    QCOMPARE(feed(), u"+a/a -a/a"_s);
    problem = writer.execute(u"DELETE FROM %1.qzap_changes"_s.arg(databaseName()));
    QVERIFY2(problem.text().contains(u"GRANT"_s), qPrintable(problem.text()));
}

void tst_SqlSchema::readerNeedsOnlySelect()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    const QString role = u"reader\"; DROP TABLE qzap_credentials; --'"_s;
    QString quotedRole = role;
    quotedRole.replace(u'"', u"\"\""_s);
    QCOMPARE(execute(u"CREATE ROLE \"%1\" LOGIN"_s.arg(quotedRole)), QString());
    // The name has a semicolon, which Qt does not pass on: the role is set in the session.
    SqlConnection reader;
    QVERIFY(!reader.open(m_options, SqlConnection::Access::ReadOnly));
    QVERIFY(!reader.execute(u"SET ROLE \"%1\""_s.arg(quotedRole)));
    Problem problem = SqlSchema::problemOf(reader);
    QVERIFY2(problem.text().contains(u"--grant"_s), qPrintable(problem.text()));
    problem = SqlSchema::grantReading(*m_connection, role);
    QVERIFY2(!problem, qPrintable(problem.text()));
    QVERIFY(!SqlSchema::problemOf(reader));
    for (const char *table : {"qzap_credentials", "qzap_changes", "qzap_meta"})
        QVERIFY(!reader.execute(u"SELECT * FROM "_s + QString::fromLatin1(table)));
    QVERIFY(reader.execute(u"DELETE FROM qzap_credentials"_s));
    QCOMPARE(execute(u"REVOKE SELECT ON qzap_changes FROM \"%1\""_s.arg(quotedRole)), QString());
    problem = reader.execute(u"SELECT * FROM qzap_changes"_s);
    QVERIFY2(problem.text().contains(u"qzap store init --grant"_s), qPrintable(problem.text()));
    problem = SqlSchema::grantReading(*m_connection, u"nobody"_s);
    QVERIFY2(problem.text().contains(u"nobody"_s), qPrintable(problem.text()));
}

void tst_SqlSchema::readOnlyConnection()
{
    QFETCH(const QString, driver);
    connect(driver);
    SqlConnection reader;
    Problem problem = reader.open(m_options, SqlConnection::Access::ReadOnly);
    QVERIFY2(!problem, qPrintable(problem.text()));
    QVERIFY(!SqlSchema::problemOf(reader));
    problem = reader.execute(u"DELETE FROM qzap_credentials"_s);
    QVERIFY2(problem.text().contains(u"read"_s), qPrintable(problem.text()));
    SqlTransaction transaction(reader);
    QVERIFY(!transaction.begin(SqlTransaction::Kind::Snapshot));
    QVERIFY(!m_connection->execute(u"UPDATE qzap_meta SET pruned = '7'"_s));
    QVERIFY(!transaction.commit());
}

void tst_SqlSchema::newFileIsPrivate()
{
    connect(u"QSQLITE"_s);
    QCOMPARE(
        modeOf(u"store%1.sqlite"_s.arg(databaseName().section(u"store"_s, -1).section(u'.', 0, 0))),
        0600);
    m_connection.reset();
    SqlConnection nowhere;
    const Problem problem =
        nowhere.open({u"QSQLITE"_s, path(u"nowhere/x"_s)}, SqlConnection::Access::Create);
    QVERIFY2(problem.text().contains(u"cannot be created"_s), qPrintable(problem.text()));
}

void tst_SqlSchema::serverThatIsAway()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    SqlConnection connection;
    const Problem problem = connection.open({u"QPSQL"_s, u"host='%1' dbname=fleet"_s.arg(path())},
                                            SqlConnection::Access::ReadOnly);
    QVERIFY2(problem.text().startsWith("postgresql fleet on "_L1)
                 && problem.text().contains(u"cannot be opened"_s),
             qPrintable(problem.text()));
    QVERIFY(!connection.isOpen());
}

void tst_SqlSchema::statementsEnd()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    SqlOptions options = {u"QPSQL"_s, server().connectionOptions()};
    options.statementTimeout = 50;
    SqlConnection connection;
    QVERIFY(!connection.open(options, SqlConnection::Access::ReadOnly));
    const Problem problem = connection.execute(u"SELECT pg_sleep(60)"_s);
    QVERIFY2(problem.text().contains(u"statement timeout"_s), qPrintable(problem.text()));
    QVERIFY(!connection.execute(u"SELECT 1"_s));
}

void tst_SqlSchema::notifiesOnceInATransaction()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    const QString channel = u"it's \"a\" channel"_s;
    Problem problem = SqlSchema::setNotifyChannel(*m_connection, channel);
    QVERIFY2(!problem, qPrintable(problem.text()));
    problem = SqlSchema::setNotifyChannel(*m_connection, channel); // replaces it
    QVERIFY2(!problem, qPrintable(problem.text()));
    QCOMPARE(value(u"SELECT count(*) FROM pg_trigger WHERE tgname = 'qzap_notified' AND "
                   "tgrelid = 'qzap_changes'::regclass"_s),
             u"1"_s);
    QCOMPARE(value(u"SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = "
                   "'qzap_notified' AND tgrelid = 'qzap_changes'::regclass"_s),
             channel + u"\\000"_s);
    problem = SqlSchema::setNotifyChannel(*m_connection, {});
    QVERIFY2(!problem, qPrintable(problem.text()));
    QCOMPARE(value(u"SELECT count(*) FROM pg_trigger WHERE tgname = 'qzap_notified' AND "
                   "tgrelid = 'qzap_changes'::regclass"_s),
             u"0"_s);
}

QTEST_GUILESS_MAIN(tst_SqlSchema)

#include "tst_sqlschema.moc"
