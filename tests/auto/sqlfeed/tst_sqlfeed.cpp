// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/qzapcredentialsstore_p.h"
#include "sql/replication.h"
#include "sqlsourcetest.h"

#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

using QZap::Internal::Replication;
using QZap::Internal::ReplicationNews;
using QZap::Internal::ReplicationRun;
using QZap::Internal::SqlSettings;
using QZap::Internal::StoreAccess;
using QZap::Internal::StoreCore;

// Tests that sources miss no change, with PostgreSQL: if transactions overlap, changes are pruned,
// or memory runs out.
class tst_SqlFeed : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void init() override;

    void missesNoCommit();
    void readsAnOlderTransactionThatCommitsLater();
    void readsEverythingOnceDuringAnOldTransaction();
    void readsWhatWasPrunedBeforeAPoll_data();
    void readsWhatWasPrunedBeforeAPoll();
    void readsEverythingAfterAChangeFailed();
    void goesOnAfterALackOfMemory_data();
    void goesOnAfterALackOfMemory();

private:
    // Lets the server log the statements of the source from now on.
    void logStatements()
    {
        m_log.setFileName(m_server->directory() + QStringLiteral("/log"));
        QVERIFY(m_log.open(QIODevice::ReadOnly));
        m_log.seek(m_log.size());
        m_source->setConnectionOptions(m_options.connectionOptions
                                       + QStringLiteral(" options='-clog_statement=all'"));
    }
    qsizetype logged(const char *statement)
    {
        m_logged += m_log.readAll();
        return m_logged.count(statement);
    }
    qsizetype polls() { return logged("LOCK TABLE qzap_meta"); }
    qsizetype fullReadings() { return logged("statement_timeout = 0"); }

    std::unique_ptr<PostgresServer> m_server;
    QFile m_log;
    QByteArray m_logged;
};

void tst_SqlFeed::initTestCase()
{
    m_server = std::make_unique<PostgresServer>();
    const QString problem = m_server->create();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void tst_SqlFeed::init()
{
    SqlSourceTest::init();
    usePostgreSql(*m_server);
    addKey(1, QStringLiteral("alice"));
    addKey(2, QStringLiteral("bob"));
    m_log.close();
    m_logged.clear();
}

// With numbers from a sequence instead of transactions, a change that is committed after a later
// one would be missed.
void tst_SqlFeed::missesNoCommit()
{
    constexpr int Writers = 8;
    constexpr int Commits = 1250; // of each
    m_source->setPollInterval(5);
    start();
    std::atomic<int> failures = 0;
    std::vector<std::thread> writers;
    writers.reserve(Writers);
    for (int writer = 0; writer < Writers; ++writer) {
        writers.emplace_back([&, writer] {
            SqlConnection connection;
            if (connection.open(m_options, SqlConnection::Access::ReadWrite)
                || connection.execute(QStringLiteral("SET synchronous_commit = off"))) {
                ++failures;
                return;
            }
            for (int i = 0; i < Commits; ++i) {
                const int number = 1000 + writer * Commits + i;
                if (connection.execute(
                        QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, user_id) "
                                       "VALUES ('test', 'curve', %1, 'w')")
                            .arg(sqlKey(number)))) {
                    ++failures;
                }
            }
        });
    }
    for (std::thread &writer : writers)
        writer.join();
    QCOMPARE(failures, 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_store->count(), 2 + Writers * Commits, 10000);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlFeed::readsAnOlderTransactionThatCommitsLater()
{
    start();
    SqlConnection slow;
    check(slow.open(m_options, SqlConnection::Access::ReadWrite));
    check(slow.execute(QStringLiteral("BEGIN")));
    check(slow.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'")));
    addKey(3); // of a later transaction
    QTRY_COMPARE(statusOf(3), QZap::Status::Success);
    removeKey(3);
    QTRY_COMPARE(statusOf(3), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(1), QZap::Status::Success);
    check(slow.execute(QStringLiteral("COMMIT")));
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
}

void tst_SqlFeed::readsEverythingOnceDuringAnOldTransaction()
{
    logStatements();
    SqlConnection old;
    check(old.open(m_options, SqlConnection::Access::ReadWrite));
    check(old.execute(QStringLiteral("BEGIN")));
    check(old.execute(QStringLiteral("SELECT pg_current_xact_id()")));
    addKey(3);
    execute(QStringLiteral("SELECT qzap_prune('0 s')"));
    start();
    addKey(4);
    execute(QStringLiteral("SELECT qzap_prune('0 s')"));
    QTRY_COMPARE(statusOf(4), QZap::Status::Success);
    // At the start, and once more if the change was pruned before it was read.
    const qsizetype before = polls();
    QTRY_VERIFY(polls() > before + 20);
    QVERIFY(fullReadings() >= 1);
    QVERIFY2(fullReadings() <= 2, m_logged.constData());
}

void tst_SqlFeed::readsWhatWasPrunedBeforeAPoll_data()
{
    QTest::addColumn<QString>("statement");
    QTest::newRow("qzap_prune()") << QStringLiteral("SELECT qzap_prune('0 s')");
    QTest::newRow("DELETE") << QStringLiteral("DELETE FROM qzap_changes");
}

// The transaction that is committed late is before qzap_meta.pruned, which therefore stays the
// same.
void tst_SqlFeed::readsWhatWasPrunedBeforeAPoll()
{
    QFETCH(const QString, statement);
    const QString mark = QStringLiteral("SELECT pruned::text FROM qzap_meta");
    logStatements();
    SqlConnection slow;
    check(slow.open(m_options, SqlConnection::Access::ReadWrite));
    check(slow.execute(QStringLiteral("BEGIN")));
    check(slow.execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id = 'alice'")));
    start();
    addKey(3);
    execute(statement);
    QTRY_COMPARE(fullReadings(), 2); // at the start, and now
    const QVariant pruned = value(mark);
    execute(QStringLiteral("BEGIN"));
    execute(QStringLiteral("LOCK TABLE qzap_meta")); // the next poll waits
    QCOMPARE(statusOf(1), QZap::Status::Success);
    check(slow.execute(QStringLiteral("COMMIT")));
    execute(statement);
    QCOMPARE(value(QStringLiteral("SELECT count(*) FROM qzap_changes")).toInt(), 0);
    QCOMPARE(value(mark), pruned);
    execute(QStringLiteral("COMMIT"));
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(3), QZap::Status::Success);
    QCOMPARE(fullReadings(), 3);
    QCOMPARE(m_errors->count(), 0);
}

// The store would let in the removed peer again if it was confirmed.
void tst_SqlFeed::readsEverythingAfterAChangeFailed()
{
    const auto isLacking = std::make_shared<std::atomic<bool>>(false);
    const auto core = QZapCredentialsStorePrivate::get(m_store.get())->core();
    const int view =
        core->addView(StoreCore::Kind::Keys, {}, [isLacking](const StoreCore::Content &content) {
            if (*isLacking && content.keys && !content.keys->find(keyOf(1)))
                throw std::bad_alloc();
        });
    start();
    *isLacking = true;
    removeKey(1);
    QTRY_VERIFY(!m_source->isConnected());
    QCOMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("could not be put in force")),
             qPrintable(lastError()));
    QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
    *isLacking = false;
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(statusOf(2), QZap::Status::Success);
    QCOMPARE(m_source->errorString(), QString());
    QCOMPARE(m_errors->count(), 1);
    core->removeView(view);
}

void tst_SqlFeed::goesOnAfterALackOfMemory_data()
{
    QTest::addColumn<bool>("isOutage");
    QTest::addColumn<QString>("error");
    QTest::newRow("at the report that it is connected")
        << false << QStringLiteral("not enough memory");
    QTest::newRow("at the report of an outage") << true << QStringLiteral("qzap_credentials");
}

void tst_SqlFeed::goesOnAfterALackOfMemory()
{
    QFETCH(const bool, isOutage);
    QFETCH(const QString, error);
    std::mutex mutex;
    bool isConnected = false;
    QStringList errors;
    int failures = 1;
    const auto report = [&](const ReplicationNews &news) {
        const std::scoped_lock lock(mutex);
        if ((isOutage ? !news.occurred.isEmpty() : news.isConnected) && failures-- > 0)
            throw std::bad_alloc();
        isConnected = news.isConnected;
        if (!news.occurred.isEmpty())
            errors += news.occurred;
    };
    const auto hasReported = [&](bool connected, qsizetype count) {
        const std::scoped_lock lock(mutex);
        return isConnected == connected && errors.size() == count;
    };
    const auto run = std::make_shared<ReplicationRun>(SqlSettings{m_options, test(), {}},
                                                      StoreAccess::claim(m_store.get()), report);
    run->setPollInterval(PollInterval);
    const auto ended = std::async(std::launch::async, [run] { Replication(run).run(); });
    const auto stop = qScopeGuard([run] { run->stop(); });
    if (isOutage) {
        QTRY_VERIFY(hasReported(true, 0));
        execute(QStringLiteral("ALTER TABLE qzap_credentials RENAME TO hidden"));
        QTRY_VERIFY(hasReported(false, 1));
        execute(QStringLiteral("ALTER TABLE hidden RENAME TO qzap_credentials"));
    }
    QTRY_VERIFY(hasReported(true, 1));
    QVERIFY2(errors.constFirst().contains(error), qPrintable(errors.constFirst()));
    removeKey(1);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QVERIFY(hasReported(true, 1));
}

QTEST_GUILESS_MAIN(tst_SqlFeed)
#include "tst_sqlfeed.moc"
