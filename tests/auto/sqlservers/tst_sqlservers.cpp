// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/qzapsqlsource_p.h"
#include "sqlsourcetest.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>

using namespace std::chrono_literals;

// Tests sources with PostgreSQL servers that end, are silent, are replaced by others, and refuse to
// be read.
class tst_SqlServers : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void init() override;
    void cleanup() override;

    void readsNoTableWhileItIsReplaced_data();
    void readsNoTableWhileItIsReplaced();
    void refusesATableThatASubscriptionFills();
    void isNotified();
    void needsNoMoreThanSelect();
    void reportsARevokedGrant();
    void continuesAfterARestart_data();
    void continuesAfterARestart();
    void endsWhileABackendIsSilent_data();
    void endsWhileABackendIsSilent();
    void endsWhileTheServerIsSilent();
    void exitsWhileTheServerIsSilent_data();
    void exitsWhileTheServerIsSilent();
    void breaksASilentConnection();
    void reportsASlowStatement();
    void readsAStandbyAndItsPromotion();
    void readsAnOlderCopy();
    void readsARestoredDump();

private:
    static void verify(const QString &problem) { QVERIFY2(problem.isEmpty(), qPrintable(problem)); }
    // Returns the process of the source's connection.
    qint64 backend()
    {
        return value(QStringLiteral("SELECT pid FROM pg_stat_activity WHERE datname = "
                                    "current_database() AND pid <> pg_backend_pid()"))
            .toLongLong();
    }

    // Lets the source connect as a role that can only read the tables.
    void useGateway()
    {
        verify(
            m_server->execute(QStringLiteral("DO $$ BEGIN CREATE ROLE gateway LOGIN; "
                                             "EXCEPTION WHEN duplicate_object THEN NULL; END $$")));
        check(SqlSchema::grantReading(m_writer, QStringLiteral("gateway")));
        m_source->setConnectionOptions(
            m_server->connectionOptions(m_database, QStringLiteral("gateway")));
    }
    void setPatience(std::chrono::milliseconds patience)
    {
        QZapSqlSourcePrivate::get(m_source.get())->setPatience(patience);
    }

    std::unique_ptr<PostgresServer> m_server;
};

void tst_SqlServers::initTestCase()
{
    m_server = std::make_unique<PostgresServer>();
    verify(m_server->create());
}

void tst_SqlServers::init()
{
    SqlSourceTest::init();
    usePostgreSql(*m_server);
    addKey(1, QStringLiteral("alice"));
    addKey(2, QStringLiteral("bob"));
}

void tst_SqlServers::cleanup()
{
    m_server->resume();
    SqlSourceTest::cleanup();
}

void tst_SqlServers::readsNoTableWhileItIsReplaced_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::newRow("TRUNCATE") << QStringList{
        QStringLiteral("CREATE TEMPORARY TABLE kept AS SELECT * FROM "
                       "qzap_credentials WHERE user_id = 'bob'"),
        QStringLiteral("TRUNCATE qzap_credentials"),
        QStringLiteral("INSERT INTO qzap_credentials SELECT * FROM kept")};
    QTest::newRow("ALTER TABLE") << QStringList{
        QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'"),
        QStringLiteral("ALTER TABLE qzap_credentials "
                       "ALTER user_id TYPE varchar(300)")};
}

// A snapshot of before these statements would find no row.
void tst_SqlServers::readsNoTableWhileItIsReplaced()
{
    QFETCH(const QStringList, statements);
    SqlConnection slow;
    check(slow.open(m_options, SqlConnection::Access::ReadWrite));
    check(slow.execute(QStringLiteral("BEGIN")));
    for (const QString &statement : statements)
        check(slow.execute(statement));
    QVERIFY(m_source->start());
    QTRY_COMPARE(value(QStringLiteral("SELECT count(*) FROM pg_locks WHERE NOT granted")), 1);
    check(slow.execute(QStringLiteral("COMMIT")));
    QTRY_VERIFY(m_store->isReady());
    QCOMPARE(m_store->count(), 1);
    QCOMPARE(statusOf(2), QZap::Status::Success);
}

// Its changes execute no trigger of a statement.
void tst_SqlServers::refusesATableThatASubscriptionFills()
{
    start();
    verify(m_server->execute(QStringLiteral("SET allow_system_table_mods = on; "
                                            "INSERT INTO pg_subscription_rel VALUES "
                                            "(1, 'qzap_credentials'::regclass, 'r', NULL)"),
                             m_database));
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("subscription")), qPrintable(lastError()));
    QVERIFY(!m_source->isConnected());
    verify(m_server->execute(QStringLiteral("SET allow_system_table_mods = on; "
                                            "DELETE FROM pg_subscription_rel"),
                             m_database));
}

void tst_SqlServers::isNotified()
{
    QVERIFY(SqlSchema::setNotifyChannel(m_writer, QString(64, u'c')));
    const QString channel = QStringLiteral("a \"strange\" channel");
    check(SqlSchema::setNotifyChannel(m_writer, channel));
    m_source->setNotifyChannel(channel);
    m_source->setPollInterval(24h);
    start();
    for (int number = 3; number < 8; ++number) {
        addKey(number);
        QTRY_COMPARE(statusOf(number), QZap::Status::Success);
    }
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    // The end of the server is noticed at once as well.
    verify(m_server->execute(QStringLiteral("SELECT pg_terminate_backend(%1)").arg(backend())));
    QTRY_COMPARE(m_errors->count(), 1);
    QTRY_VERIFY(m_source->isConnected());
    removeKey(2);
    QTRY_COMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
}

void tst_SqlServers::needsNoMoreThanSelect()
{
    useGateway();
    m_source->setNotifyChannel(QStringLiteral("changes"));
    start();
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlServers::reportsARevokedGrant()
{
    useGateway();
    start();
    execute(QStringLiteral("REVOKE SELECT ON qzap_changes FROM gateway"));
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("permission denied"))
                 && lastError().contains(QStringLiteral("--grant")),
             qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    check(SqlSchema::grantReading(m_writer, QStringLiteral("gateway")));
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(m_errors->count(), 1);
}

void tst_SqlServers::continuesAfterARestart_data()
{
    QTest::addColumn<PostgresServer::Shutdown>("shutdown");
    QTest::newRow("shut down") << PostgresServer::Shutdown::Fast;
    QTest::newRow("crashed") << PostgresServer::Shutdown::Immediate;
}

void tst_SqlServers::continuesAfterARestart()
{
    QFETCH(const PostgresServer::Shutdown, shutdown);
    start();
    m_writer.close();
    verify(m_server->stop(shutdown));
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY(!m_source->isConnected());
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QTest::qWait(1000); // for several attempts
    QCOMPARE(m_errors->count(), 1);
    verify(m_server->start());
    verify(m_server->execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'"),
                             m_database));
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(1), QZap::Status::AuthenticationFailure, 10000);
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(m_source->errorString(), QString());
    QCOMPARE(m_errors->count(), 1);
}

void tst_SqlServers::endsWhileABackendIsSilent_data()
{
    QTest::addColumn<bool>("isDestroyed");
    QTest::newRow("stopped") << false;
    QTest::newRow("destroyed") << true;
}

void tst_SqlServers::endsWhileABackendIsSilent()
{
    QFETCH(const bool, isDestroyed);
    start();
    m_server->suspend(backend());
    QTest::qWait(200); // a statement waits now
    QElapsedTimer timer;
    timer.start();
    if (isDestroyed)
        m_source.reset();
    else
        m_source->stop();
    QVERIFY2(timer.elapsed() < 400, qPrintable(QString::number(timer.elapsed()))); // at once
    QCOMPARE(statusOf(1), QZap::Status::Success);
    if (isDestroyed)
        return;
    start(); // with another backend, and the same thread
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
}

void tst_SqlServers::endsWhileTheServerIsSilent()
{
    m_server->suspend();
    QVERIFY(m_source->start());
    QTest::qWait(100); // it connects now
    QElapsedTimer timer;
    timer.start();
    m_source->stop();
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    for (int i = 0; i < 5; ++i) { // waits for the same thread
        QVERIFY(m_source->start());
        m_source->setPollInterval(i + 1);
        m_source->stop();
    }
    m_server->resume();
    start();
    QCOMPARE(statusOf(1), QZap::Status::Success);
}

void tst_SqlServers::exitsWhileTheServerIsSilent_data()
{
    QTest::addColumn<QString>("way");
    QTest::addColumn<bool>("isConnected");
    for (const char *const way : {"withapplication", "afterapplication", "exitcalled"}) {
        QTest::addRow("%s, connected", way) << QString::fromLatin1(way) << true;
        QTest::addRow("%s, connecting", way) << QString::fromLatin1(way) << false;
    }
}

void tst_SqlServers::exitsWhileTheServerIsSilent()
{
    QFETCH(const QString, way);
    QFETCH(const bool, isConnected);
    if (!isConnected)
        m_server->suspend();
    QProcess probe;
    probe.start(QStringLiteral(SQL_EXIT_PROBE),
                {way, m_options.connectionOptions,
                 isConnected ? QStringLiteral("connected") : QStringLiteral("started")});
    QTRY_VERIFY(probe.canReadLine());
    if (isConnected)
        m_server->suspend();
    QTest::qWait(200); // a statement, or the connection, waits now
    QElapsedTimer timer;
    timer.start();
    probe.write("\n");
    QVERIFY(probe.waitForFinished());
    const qint64 elapsed = timer.elapsed();
    QCOMPARE(probe.exitStatus(), QProcess::NormalExit);
    QCOMPARE(probe.exitCode(), 0);
    QCOMPARE(probe.readAllStandardError(), "");
    // libpq waits for 5 s. ThreadSanitizer waits for a second at exit.
    QVERIFY2(elapsed < 3000, qPrintable(QString::number(elapsed)));
}

void tst_SqlServers::breaksASilentConnection()
{
    setPatience(400ms);
    start();
    m_server->suspend(backend());
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("does not answer")), qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QTRY_VERIFY(m_source->isConnected()); // with another backend
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_errors->count(), 1);
}

void tst_SqlServers::reportsASlowStatement()
{
    setPatience(400ms);
    start();
    SqlConnection other;
    check(other.open(m_options, SqlConnection::Access::ReadWrite));
    check(other.execute(QStringLiteral("BEGIN")));
    check(other.execute(QStringLiteral("LOCK TABLE qzap_credentials, qzap_changes")));
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("does not answer")), qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    check(other.execute(QStringLiteral("ROLLBACK")));
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(m_errors->count(), 1);
}

void tst_SqlServers::readsAStandbyAndItsPromotion()
{
    PostgresServer standby;
    verify(standby.createStandbyOf(*m_server));
    m_source->setConnectionOptions(standby.connectionOptions(m_database));
    m_source->setNotifyChannel(QStringLiteral("changes"));
    start();
    QCOMPARE(m_store->count(), 2);
    // A transaction that is in progress on the primary server, among later ones.
    SqlConnection slow;
    check(slow.open(m_options, SqlConnection::Access::ReadWrite));
    check(slow.execute(QStringLiteral("BEGIN")));
    check(slow.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'")));
    addKey(3);
    QTRY_COMPARE(statusOf(3), QZap::Status::Success);
    check(slow.execute(QStringLiteral("COMMIT")));
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    const QSignalSpy connected(m_source.get(), &QZapSqlSource::connectedChanged);
    verify(standby.promote());
    verify(standby.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'bob'"),
                           m_database));
    QTRY_COMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(3), QZap::Status::Success);
    QCOMPARE(m_errors->count(), 0);
}

// Both servers have the same identity and timeline, but the copy's transactions are older.
void tst_SqlServers::readsAnOlderCopy()
{
    PostgresServer copy;
    verify(copy.createCopyOf(*m_server));
    for (int number = 100; number < 150; ++number)
        addKey(number);
    start();
    QCOMPARE(m_store->count(), 52);
    m_source->setConnectionOptions(copy.connectionOptions(m_database));
    QTRY_COMPARE(m_store->count(), 2);
    verify(copy.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'"),
                        m_database));
    QTRY_COMPARE(m_store->count(), 1);
}

void tst_SqlServers::readsARestoredDump()
{
    start();
    const QString dump = m_server->directory() + QStringLiteral("/dump-") + m_database;
    verify(m_server->runProgram(QStringLiteral("pg_dump"),
                                {QStringLiteral("-Fc"), QStringLiteral("-f"), dump, m_database}));
    addKey(3);
    QTRY_COMPARE(m_store->count(), 3);
    // In the same database, under the eyes of the source.
    verify(m_server->runProgram(QStringLiteral("pg_restore"),
                                {QStringLiteral("--clean"), QStringLiteral("--single-transaction"),
                                 QStringLiteral("-d"), m_database, dump}));
    QTRY_COMPARE(m_store->count(), 2);
    QTRY_VERIFY(m_source->isConnected());
    addKey(4);
    QTRY_COMPARE(m_store->count(), 3);
    // In another server, whose transaction numbers are lower than those of the dump.
    for (int number = 200; number < 300; ++number)
        addKey(number);
    verify(m_server->runProgram(QStringLiteral("pg_dump"),
                                {QStringLiteral("-Fc"), QStringLiteral("-f"), dump, m_database}));
    PostgresServer other;
    verify(other.create());
    verify(other.createDatabase(m_database));
    verify(QFile::setPermissions(dump, QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther)
               ? QString()
               : QStringLiteral("the dump cannot be read"));
    const QString moved = other.directory() + QStringLiteral("/dump");
    verify(QFile::copy(dump, moved) ? QString() : QStringLiteral("the dump cannot be copied"));
    verify(
        other.runProgram(QStringLiteral("pg_restore"), {QStringLiteral("-d"), m_database, moved}));
    m_source->setConnectionOptions(other.connectionOptions(m_database));
    QTRY_COMPARE(m_store->count(), 103);
    verify(other.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'bob'"),
                         m_database));
    QTRY_COMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
}

QTEST_GUILESS_MAIN(tst_SqlServers)
#include "tst_sqlservers.moc"
