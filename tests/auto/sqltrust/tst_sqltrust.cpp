// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sqlsourcetest.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qstandardpaths.h>
#include <QtTest/qtest.h>

#include <memory>

// Tests that sources read nothing but the tables that they are meant to read: not those of another
// server, and not what other roles put in the way.
class tst_SqlTrust : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void init() override;

    void verifiesTheServer_data();
    void verifiesTheServer();
    void usesNothingOfOthers_data();
    void usesNothingOfOthers();
    void refusesAmbiguousTables();
    void refusesHiddenRows();
    void refusesInheritedRows();

private:
    static void verify(const QString &problem) { QVERIFY2(problem.isEmpty(), qPrintable(problem)); }
    void setSearchPath(const QString &path)
    {
        m_source->setConnectionOptions(m_options.connectionOptions
                                       + QStringLiteral(" options='-csearch_path=%1'").arg(path));
    }
    // Starts the source, which reports the problem and reads nothing.
    void startInVain(const QString &part)
    {
        QVERIFY(m_source->start());
        QTRY_COMPARE(m_errors->count(), 1);
        QVERIFY2(lastError().contains(part), qPrintable(lastError()));
        QVERIFY(!m_source->isConnected());
        QVERIFY(!m_store->isReady());
        QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
    }
    // Returns how often clients have connected.
    qsizetype connections() const
    {
        QFile log(m_server->directory() + QStringLiteral("/log"));
        return log.open(QIODevice::ReadOnly) ? log.readAll().count("connection received") : -1;
    }

    std::unique_ptr<PostgresServer> m_server;
};

void tst_SqlTrust::initTestCase()
{
    m_server = std::make_unique<PostgresServer>();
    verify(QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty()
               ? m_server->create()
               : m_server->createWithTls(QStringLiteral("db.example.org"),
                                         {QStringLiteral("log_connections=on")}));
}

void tst_SqlTrust::init()
{
    SqlSourceTest::init();
    usePostgreSql(*m_server);
    addKey(1);
    execute(QStringLiteral("DROP SCHEMA IF EXISTS evil CASCADE"));
    execute(QStringLiteral("CREATE SCHEMA evil"));
}

void tst_SqlTrust::verifiesTheServer_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("error");
    QTest::newRow("other root certificate")
        << QStringLiteral("db.example.org") << QStringLiteral("other")
        << QStringLiteral("certificate verify failed");
    QTest::newRow("other host name")
        << QStringLiteral("other.example.org") << QStringLiteral("server")
        << QStringLiteral("does not match host name \"other.example.org\"");
    QTest::newRow("no root certificate")
        << QStringLiteral("db.example.org") << QStringLiteral("missing")
        << QStringLiteral("does not exist");
}

void tst_SqlTrust::verifiesTheServer()
{
    QFETCH(const QString, host);
    QFETCH(const QString, certificate);
    QFETCH(const QString, error);
    if (m_server->tlsOptions(host, certificate, m_database).isEmpty())
        QSKIP("The program openssl, which makes certificates, is not installed");
    m_source->setConnectionOptions(m_server->tlsOptions(host, certificate, m_database));
    const qsizetype before = connections();
    QElapsedTimer timer;
    timer.start();
    startInVain(error);
    if (certificate != QStringLiteral("missing")) { // libpq looks for it first
        // After pauses of a quarter, a half and a whole second, a quarter shorter or longer.
        QTRY_VERIFY(connections() >= before + 4);
        QVERIFY2(timer.elapsed() > 1300, qPrintable(QString::number(timer.elapsed())));
    }
    QCOMPARE(m_errors->count(), 1);
    QVERIFY(!m_store->isReady());
    m_source->setConnectionOptions(m_server->tlsOptions(QStringLiteral("db.example.org"),
                                                        QStringLiteral("server"), m_database));
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(value(QStringLiteral("SELECT ssl FROM pg_stat_ssl WHERE pid <> pg_backend_pid() AND "
                                  "pid IN (SELECT pid FROM pg_stat_activity WHERE "
                                  "datname = current_database())")),
             true);
}

void tst_SqlTrust::usesNothingOfOthers_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QStringList>("signatures"); // of the operators and functions
    QTest::newRow("operators of the same types")
        << QStringLiteral("evil,pg_catalog,public")
        << QStringList{QStringLiteral("=(text, text)"), QStringLiteral(">=(xid8, xid8)"),
                       QStringLiteral("*(numeric, numeric)"), QStringLiteral("=(oid, oid)")};
    QTest::newRow("functions of the same types")
        << QStringLiteral("evil,pg_catalog,public")
        << QStringList{QStringLiteral("floor(numeric)"), QStringLiteral("pg_current_snapshot()"),
                       QStringLiteral("pg_visible_in_snapshot(xid8, pg_snapshot)")};
    QTest::newRow("operators that fit better")
        << QStringLiteral("evil,public")
        << QStringList{QStringLiteral("*(numeric, integer)"), QStringLiteral("=(oid, regclass)")};
    QTest::newRow("functions that fit better")
        << QStringLiteral("evil,public")
        << QStringList{
               QStringLiteral("concat_ws(text, uuid, integer, numeric, boolean, oid, oid, oid, oid,"
                              " text)"),
               QStringLiteral("concat_ws(text, name, oid, xid, \"char\")")};
}

// Whoever may create functions could otherwise decide who gets in.
void tst_SqlTrust::usesNothingOfOthers()
{
    QFETCH(const QString, path);
    QFETCH(const QStringList, signatures);
    for (qsizetype i = 0; i < signatures.size(); ++i) {
        const QString name = signatures.at(i).section(u'(', 0, 0);
        const QString types = signatures.at(i).section(u'(', 1).chopped(1);
        const bool isOperator = !name.at(0).isLetter();
        const QString function = isOperator ? QStringLiteral("used%1").arg(i) : name;
        const QString result = isOperator && name != QStringLiteral("*") ? QStringLiteral("boolean")
                                                                         : QStringLiteral("text");
        execute(QStringLiteral("CREATE FUNCTION evil.%1(%2) RETURNS %3 LANGUAGE plpgsql AS $$ BEGIN"
                               " RAISE EXCEPTION 'something of others was used'; END $$")
                    .arg(function, types, result));
        if (isOperator) {
            execute(
                QStringLiteral("CREATE OPERATOR evil.%1 (LEFTARG = %2, RIGHTARG = %3, FUNCTION = "
                               "evil.%4)")
                    .arg(name, types.section(u',', 0, 0), types.section(u',', 1, 1), function));
        }
    }
    execute(QStringLiteral("UPDATE qzap_credentials SET not_after = now() + '1 h'::interval"));
    setSearchPath(path);
    start();
    QCOMPARE(statusOf(1), QZap::Status::Success);
    addKey(2);
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QTRY_COMPARE(statusOf(2), QZap::Status::Success);
    QCOMPARE(m_errors->count(), 0);
}

// A schema that precedes that of the tables has tables with all triggers.
void tst_SqlTrust::refusesAmbiguousTables()
{
    setSearchPath(QStringLiteral("evil,public"));
    start();
    for (const char *const table : {"meta", "changes", "credentials"}) {
        execute(QStringLiteral("CREATE TABLE evil.qzap_%1 (LIKE public.qzap_%1 INCLUDING ALL)")
                    .arg(QLatin1StringView(table)));
    }
    execute(QStringLiteral(
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tgname, tgrelid::regclass AS name, "
        "pg_get_triggerdef(oid) AS def FROM pg_trigger WHERE tgname LIKE 'qzap_%' LOOP "
        "EXECUTE replace(t.def, ' ON public.', ' ON evil.'); "
        "EXECUTE format('ALTER TABLE evil.%s ENABLE ALWAYS TRIGGER %I', t.name, t.tgname); "
        "END LOOP; END $$"));
    execute(QStringLiteral("INSERT INTO evil.qzap_meta SELECT * FROM public.qzap_meta"));
    execute(QStringLiteral("INSERT INTO evil.qzap_credentials (domain, kind, key) "
                           "VALUES ('test', 'curve', %1)")
                .arg(sqlKey(666)));
    execute(QStringLiteral("INSERT INTO public.qzap_credentials (domain, kind, key) "
                           "VALUES ('test', 'curve', %1)")
                .arg(sqlKey(2)));
    QTRY_COMPARE(statusOf(2), QZap::Status::Success); // the connection keeps its tables
    m_source->stop();
    QVERIFY(m_source->start());
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("several schemas have tables of QZap: evil, "
                                                 "public")),
             qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(statusOf(666), QZap::Status::AuthenticationFailure);
    execute(QStringLiteral("DROP SCHEMA evil CASCADE"));
    QTRY_VERIFY(m_source->isConnected());
}

void tst_SqlTrust::refusesHiddenRows()
{
    verify(m_server->execute(QStringLiteral("DO $$ BEGIN CREATE ROLE gateway LOGIN; "
                                            "EXCEPTION WHEN duplicate_object THEN NULL; END $$")));
    check(SqlSchema::grantReading(m_writer, QStringLiteral("gateway")));
    m_source->setConnectionOptions(
        m_server->connectionOptions(m_database, QStringLiteral("gateway")));
    start();
    // A policy would add and remove rows without a change of the tables.
    execute(QStringLiteral("ALTER TABLE qzap_credentials ENABLE ROW LEVEL SECURITY"));
    addKey(2);
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("row-level security")), qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    m_source->stop();
    QVERIFY(m_source->start());
    QTRY_COMPARE(m_errors->count(), 2);
    QVERIFY2(lastError().contains(QStringLiteral("DISABLE ROW LEVEL SECURITY")),
             qPrintable(lastError()));
    execute(QStringLiteral("ALTER TABLE qzap_credentials DISABLE ROW LEVEL SECURITY"));
    QTRY_COMPARE(statusOf(2), QZap::Status::Success);
}

void tst_SqlTrust::refusesInheritedRows()
{
    start();
    // No trigger notes the changes of another table.
    execute(QStringLiteral("CREATE TABLE more () INHERITS (qzap_credentials)"));
    execute(QStringLiteral("INSERT INTO more (domain, kind, key) VALUES ('test', 'curve', %1)")
                .arg(sqlKey(7)));
    addKey(2);
    QTRY_COMPARE(statusOf(2), QZap::Status::Success);
    m_source->stop();
    QVERIFY(m_source->start());
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("NO INHERIT")), qPrintable(lastError()));
    QCOMPARE(statusOf(7), QZap::Status::AuthenticationFailure);
    execute(QStringLiteral("ALTER TABLE more NO INHERIT qzap_credentials"));
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(statusOf(7), QZap::Status::AuthenticationFailure);
}

QTEST_GUILESS_MAIN(tst_SqlTrust)
#include "tst_sqltrust.moc"
