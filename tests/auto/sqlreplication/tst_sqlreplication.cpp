// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sqlsourcetest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>

using namespace std::chrono_literals;

// Tests that stores follow what is written to databases, with SQLite and PostgreSQL.
class tst_SqlReplication : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void initTestCase();
    void cleanupTestCase();
    void init() override;

    void readsEverything();
    void followsChanges_data();
    void followsChanges();
    void followsUsers();
    void followsManyChangesInOneTransaction();
    void ignoresOtherDomains();
    void refusesExpiredRows_data();
    void refusesExpiredRows();
    void skipsInvalidRows_data();
    void skipsInvalidRows();
    void removesRowsThatBecomeInvalid();
    void reportsAFewOfManyInvalidRows();
    void takesTextsLiterally_data();
    void takesTextsLiterally();
    void readsEverythingAgain_data();
    void readsEverythingAgain();
    void reportsTablesThatCannotBeRead_data();
    void reportsTablesThatCannotBeRead();
    void noticesTriggersThatAreSwitchedOff();
    void goesOnWhileTheDatabaseIsAway();
    void becomesStaleWhileTheDatabaseIsAway();

private:
    // Makes the tables unreadable, and readable again.
    void hideTables() { execute(QStringLiteral("ALTER TABLE qzap_credentials RENAME TO hidden")); }
    void showTables() { execute(QStringLiteral("ALTER TABLE hidden RENAME TO qzap_credentials")); }

    std::unique_ptr<PostgresServer> m_server;
};

void tst_SqlReplication::initTestCase_data()
{
    QTest::addColumn<QString>("driver");
    QTest::newRow("SQLite") << QStringLiteral("QSQLITE");
#ifndef QZAP_CROSS_COMPILED // the server would run in an emulator
    QTest::newRow("PostgreSQL") << QStringLiteral("QPSQL");
#endif
}

void tst_SqlReplication::initTestCase()
{
#ifndef QZAP_CROSS_COMPILED
    m_server = std::make_unique<PostgresServer>();
    const QString problem = m_server->create();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
#endif
}

void tst_SqlReplication::cleanupTestCase()
{
    m_server.reset();
}

void tst_SqlReplication::init()
{
    QFETCH_GLOBAL(const QString, driver);
    SqlSourceTest::init();
    if (driver == QStringLiteral("QPSQL"))
        usePostgreSql(*m_server);
    else
        useSqlite();
    addKey(1, QStringLiteral("alice"));
    addKey(2, QStringLiteral("bob"));
}

void tst_SqlReplication::readsEverything()
{
    execute(QStringLiteral("UPDATE qzap_credentials SET fields = '{\"Role\": \"writer\"}' "
                           "WHERE user_id = 'bob'"));
    execute(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, name, hash) "
                           "VALUES ('test', 'plain', 'carol', '%1')")
                .arg(QString::fromLatin1(hash())));
    addKey(3, QStringLiteral("eve"));
    execute(QStringLiteral("UPDATE qzap_credentials SET enabled = %1 WHERE user_id = 'eve'")
                .arg(isPostgreSql() ? QStringLiteral("false") : QStringLiteral("0")));
    start();
    QCOMPARE(m_store->count(), 3);
    QCOMPARE(userIdOf(1), QStringLiteral("alice"));
    QCOMPARE(userIdOf(2), QStringLiteral("bob"));
    QCOMPARE(replyTo(2).metadata().value(QStringLiteral("Role")).toString(),
             QStringLiteral("writer"));
    QCOMPARE(statusOf(3), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlReplication::followsChanges_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("alice"); // empty: refused
    QTest::addColumn<QString>("third");
    const auto row = [](const char *name, const char *statement, const char *alice,
                        const char *third = "") {
        QTest::newRow(name) << QString::fromLatin1(statement) << QString::fromLatin1(alice)
                            << QString::fromLatin1(third);
    };
    row("inserted",
        "INSERT INTO qzap_credentials (domain, kind, key, user_id) "
        "VALUES ('test', 'curve', %3, 'carol')",
        "alice", "carol");
    row("deleted", "DELETE FROM qzap_credentials WHERE key = %1", "");
    row("another user id", "UPDATE qzap_credentials SET user_id = 'al' WHERE key = %1", "al");
    row("disabled", "UPDATE qzap_credentials SET enabled = %f WHERE key = %1", "");
    row("another key", "UPDATE qzap_credentials SET key = %3 WHERE key = %1", "", "alice");
    row("another domain", "UPDATE qzap_credentials SET domain = 'others' WHERE key = %1", "");
    row("expired", "UPDATE qzap_credentials SET not_after = '2001-01-01T00:00:00Z' WHERE key = %1",
        "");
    row("deleted and inserted",
        "DELETE FROM qzap_credentials WHERE key = %1; "
        "INSERT INTO qzap_credentials (domain, kind, key, user_id) "
        "VALUES ('test', 'curve', %1, 'new')",
        "new");
    row("inserted and deleted",
        "INSERT INTO qzap_credentials (domain, kind, key, user_id) "
        "VALUES ('test', 'curve', %3, 'carol'); "
        "DELETE FROM qzap_credentials WHERE key IN (%1, %3)",
        "");
    row("all deleted", "DELETE FROM qzap_credentials WHERE user_id <> 'bob'", "");
}

void tst_SqlReplication::followsChanges()
{
    QFETCH(QString, statement);
    QFETCH(const QString, alice);
    QFETCH(const QString, third);
    start();
    statement.replace(QStringLiteral("%1"), sqlKey(1));
    statement.replace(QStringLiteral("%3"), sqlKey(3));
    statement.replace(QStringLiteral("%f"),
                      isPostgreSql() ? QStringLiteral("false") : QStringLiteral("0"));
    execute(QStringLiteral("BEGIN"));
    for (const QString &each : statement.split(QStringLiteral("; ")))
        execute(each);
    execute(QStringLiteral("COMMIT"));
    QTRY_COMPARE(userIdOf(1), alice);
    QTRY_COMPARE(userIdOf(3), third);
    QCOMPARE(userIdOf(2), QStringLiteral("bob"));
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlReplication::followsUsers()
{
    start();
    QCOMPARE(m_store->count(), 2);
    const auto decide = [this](const QByteArray &password) {
        const auto future = m_authenticator->authenticate(
            test(), QStringLiteral("127.0.0.1"),
            QZapCredentials::plain(QStringLiteral("carol"), password));
        return QTest::qWaitFor([&] { return future.isFinished(); }, 10000)
                   ? future.result().status()
                   : QZap::Status::InternalError;
    };
    execute(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, name, hash) "
                           "VALUES ('test', 'plain', 'carol', '%1')")
                .arg(QString::fromLatin1(hash())));
    QTRY_COMPARE(m_store->count(), 3);
    QCOMPARE(decide("secret"), QZap::Status::Success);
    QCOMPARE(decide("wrong"), QZap::Status::AuthenticationFailure);
    execute(QStringLiteral("UPDATE qzap_credentials SET name = 'dora' WHERE name = 'carol'"));
    QTRY_COMPARE(decide("secret"), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_store->count(), 3);
    execute(QStringLiteral("DELETE FROM qzap_credentials WHERE kind = 'plain'"));
    QTRY_COMPARE(m_store->count(), 2);
}

// More than are put in force as a change.
void tst_SqlReplication::followsManyChangesInOneTransaction()
{
    constexpr int Count = 60000;
    start();
    addKeys(1000, Count);
    QTRY_COMPARE_WITH_TIMEOUT(m_store->count(), Count + 2, 30000);
    QCOMPARE(userIdOf(1000 + Count - 1), QStringLiteral("device-%1").arg(1000 + Count - 1));
    execute(QStringLiteral("DELETE FROM qzap_credentials WHERE user_id LIKE 'device-%'"));
    QTRY_COMPARE_WITH_TIMEOUT(m_store->count(), 2, 30000);
    removeKey(1); // and the feed goes on
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlReplication::ignoresOtherDomains()
{
    addKey(3, QStringLiteral("carol"), QStringLiteral("others"));
    addKey(4, QStringLiteral("dora"), QStringLiteral("*"));
    start();
    QCOMPARE(m_store->count(), 2);
    addKey(5, QStringLiteral("eve"), QStringLiteral("others"));
    addKey(2, QStringLiteral("mallory"), QStringLiteral("others")); // a key of both
    addKey(6, QStringLiteral("frank"));
    QTRY_COMPARE(userIdOf(6), QStringLiteral("frank"));
    QCOMPARE(m_store->count(), 3);
    QCOMPARE(userIdOf(2), QStringLiteral("bob"));
    execute(QStringLiteral("DELETE FROM qzap_credentials WHERE domain = 'others'"));
    removeKey(6);
    QTRY_COMPARE(m_store->count(), 2);
    QCOMPARE(userIdOf(2), QStringLiteral("bob"));
}

void tst_SqlReplication::refusesExpiredRows_data()
{
    QTest::addColumn<QString>("time");
    QTest::addColumn<bool>("isAccepted");
    const auto row = [](const char *time, bool isAccepted) {
        QTest::newRow(time) << QString::fromLatin1(time) << isAccepted;
    };
    row("2001-01-01T00:00:00Z", false);
    row("2001-01-01 00:00:00+02:00", false);
    row("2999-12-31T23:59:59Z", true);
    row("2999-12-31T23:59:59.999+14:00", true);
    row("2999-12-31 23:59:59-12:00", true);
    row("9999-12-31T23:59:59Z", true);
    row("infinity", true);
}

void tst_SqlReplication::refusesExpiredRows()
{
    QFETCH(const QString, time);
    QFETCH(const bool, isAccepted);
    const QString statement =
        QStringLiteral("UPDATE qzap_credentials SET not_after = '%1' WHERE key = %2");
    execute(statement.arg(time, sqlKey(1)));
    start();
    const auto expected = isAccepted ? QZap::Status::Success : QZap::Status::AuthenticationFailure;
    QCOMPARE(statusOf(1), expected);
    QCOMPARE(statusOf(2), QZap::Status::Success);
    execute(statement.arg(time, sqlKey(2)));
    addKey(3);
    QTRY_COMPARE(statusOf(3), QZap::Status::Success);
    QCOMPARE(statusOf(2), expected);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlReplication::skipsInvalidRows_data()
{
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *column, const QString &value,
                        const char *error) {
        QTest::newRow(name) << QString::fromLatin1(column) << value << QString::fromLatin1(error);
    };
    row("a control character", "user_id", QStringLiteral("'a\nb'"), "control characters");
    row("anonymous", "user_id", QStringLiteral("'anonymous'"), "anonymous");
    row("the key of somebody", "user_id",
        QStringLiteral("'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'"), "is itself a key");
    row("a reserved field", "fields", QStringLiteral("'{\"Identity\": \"x\"}'"), "Identity");
    row("a time as a field", "fields", QStringLiteral("'{\"not-after\": \"x\"}'"), "not-after");
    row("a field that is a list", "fields", QStringLiteral("'{\"Role\": [1, 2]}'"), "Role");
    row("an invalid name of a field", "fields", QStringLiteral("'{\"a b\": \"x\"}'"), "a b");
    row("two fields that differ in case", "fields",
        QStringLiteral("'{\"role\": \"a\", \"Role\": \"b\"}'"), "twice");
}

void tst_SqlReplication::skipsInvalidRows()
{
    QFETCH(const QString, column);
    QFETCH(const QString, value);
    QFETCH(const QString, error);
    execute(QStringLiteral("UPDATE qzap_credentials SET %1 = %2 WHERE key = %3")
                .arg(column, value, sqlKey(1)));
    start();
    QCOMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(error), qPrintable(lastError()));
    QVERIFY2(lastError().contains(QString::fromLatin1("key \\x" + keyOf(1).toHex())),
             qPrintable(lastError()));
    QCOMPARE(m_source->errorString(), lastError());
    QCOMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(2), QZap::Status::Success);
    execute(QStringLiteral("UPDATE qzap_credentials SET user_id = 'alice', fields = '{}' "
                           "WHERE key = %1")
                .arg(sqlKey(1)));
    QTRY_COMPARE(statusOf(1), QZap::Status::Success);
    QTRY_COMPARE(m_source->errorString(), QString());
    QCOMPARE(m_errors->count(), 1);
}

void tst_SqlReplication::removesRowsThatBecomeInvalid()
{
    const QString broken = QString::fromLatin1(hash().left(60));
    execute(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, name, hash) "
                           "VALUES ('test', 'plain', 'carol', '%1')")
                .arg(QString::fromLatin1(hash())));
    start();
    QCOMPARE(m_store->count(), 3);
    execute(QStringLiteral("UPDATE qzap_credentials SET user_id = 'anonymous' WHERE key = %1")
                .arg(sqlKey(1)));
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QTRY_COMPARE(m_errors->count(), 1);
    // All rows are read again, and only the second one is new.
    execute(QStringLiteral("UPDATE qzap_meta SET identity = "
                           "'00000000-0000-0000-0000-000000000001'"));
    addKey(5);
    QTRY_COMPARE(statusOf(5), QZap::Status::Success);
    QCOMPARE(m_errors->count(), 1);
    removeKey(5);
    execute(
        QStringLiteral("UPDATE qzap_credentials SET hash = '%1' WHERE name = 'carol'").arg(broken));
    QTRY_COMPARE(m_store->count(), 1);
    QTRY_COMPARE(m_errors->count(), 2);
    QVERIFY2(lastError().contains(QStringLiteral("user \"carol\": ")), qPrintable(lastError()));
    QVERIFY2(!lastError().contains(broken.mid(20)), qPrintable(lastError()));
    QCOMPARE(statusOf(2), QZap::Status::Success);
    QVERIFY(m_source->isConnected());
}

void tst_SqlReplication::reportsAFewOfManyInvalidRows()
{
    constexpr int Count = 1200;
    addKeys(100, Count);
    execute(QStringLiteral("UPDATE qzap_credentials SET user_id = 'anonymous' "
                           "WHERE user_id LIKE 'device-%'"));
    start();
    QCOMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("and 1197 more")), qPrintable(lastError()));
    QVERIFY(lastError().size() < 1000);
    QCOMPARE(m_store->count(), 2);
}

void tst_SqlReplication::takesTextsLiterally_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("a statement") << QStringLiteral("'; DROP TABLE qzap_credentials; --");
    QTest::newRow("a quotation mark") << QStringLiteral("\"");
    QTest::newRow("placeholders") << QStringLiteral("? :a %1 $1");
    QTest::newRow("backslashes") << QStringLiteral("\\x41\\");
    QTest::newRow("wildcards") << QStringLiteral("%_*");
    QTest::newRow("beyond ASCII") << QStringLiteral("é漢😀");
}

void tst_SqlReplication::takesTextsLiterally()
{
    QFETCH(const QString, text);
    QSqlQuery insertion = m_writer.query();
    QVERIFY(insertion.prepare(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, "
                                             "user_id) VALUES (?, 'curve', ?, ?)")));
    insertion.addBindValue(text);
    insertion.addBindValue(keyOf(3));
    insertion.addBindValue(text);
    QVERIFY(insertion.exec());
    m_source->setDomain(text);
    if (isPostgreSql())
        m_source->setNotifyChannel(text);
    start();
    QCOMPARE(m_store->count(), 1);
    QCOMPARE(userIdOf(3), text);
    QSqlQuery change = m_writer.query();
    QVERIFY(change.prepare(QStringLiteral("UPDATE qzap_credentials SET user_id = '' "
                                          "WHERE domain = ?")));
    change.addBindValue(text);
    QVERIFY(change.exec());
    QTRY_VERIFY(userIdOf(3) != text);
    QCOMPARE(statusOf(3), QZap::Status::Success);
    QCOMPARE(value(QStringLiteral("SELECT count(*) FROM qzap_credentials")).toInt(), 3);
}

// The data is the same for each driver.
void tst_SqlReplication::readsEverythingAgain_data()
{
    QTest::addColumn<QStringList>("forSqlite");
    QTest::addColumn<QStringList>("forPostgreSql");
    const QString remove = QStringLiteral("DELETE FROM qzap_credentials WHERE key = %1");
    const QString emptyFeed = QStringLiteral("DELETE FROM qzap_changes");
    const QString prune = QStringLiteral("UPDATE qzap_meta SET pruned = (SELECT xid FROM "
                                         "qzap_changes ORDER BY xid DESC LIMIT 1)");
    const QString rename = QStringLiteral("UPDATE qzap_meta SET identity = "
                                          "'00000000-0000-0000-0000-000000000001'");
    QStringList enable;
    for (const char *trigger : {"inserted", "updated", "deleted", "truncated"}) {
        enable += QStringLiteral("ALTER TABLE qzap_credentials ENABLE ALWAYS TRIGGER qzap_%1")
                      .arg(QLatin1StringView(trigger));
    }
    QTest::newRow("changes were pruned")
        << QStringList{remove, prune, emptyFeed} << QStringList{remove, prune, emptyFeed};
    QTest::newRow("the database has another identity")
        << QStringList{remove, emptyFeed, rename} << QStringList{remove, emptyFeed, rename};
    QTest::newRow("the feed was emptied")
        << QStringList{remove, emptyFeed}
        << QStringList{remove, QStringLiteral("TRUNCATE qzap_changes")};
    QTest::newRow("changes were removed by hand")
        << QStringList{remove, emptyFeed} << QStringList{remove, emptyFeed};
    QTest::newRow("triggers were off for a moment")
        << QStringList{QStringLiteral("DROP TRIGGER qzap_deleted"), remove,
                       QStringLiteral("CREATE TRIGGER qzap_deleted AFTER DELETE ON "
                                      "qzap_credentials BEGIN SELECT 1; END")}
        << QStringList{QStringLiteral("ALTER TABLE qzap_credentials DISABLE TRIGGER USER"), remove}
               + enable;
}

void tst_SqlReplication::readsEverythingAgain()
{
    QFETCH(const QStringList, forSqlite);
    QFETCH(const QStringList, forPostgreSql);
    start();
    execute(QStringLiteral("BEGIN"));
    for (QString statement : isPostgreSql() ? forPostgreSql : forSqlite)
        execute(statement.replace(QStringLiteral("%1"), sqlKey(1)));
    execute(QStringLiteral("COMMIT"));
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(statusOf(2), QZap::Status::Success);
    QCOMPARE(m_errors->count(), 0);
}

void tst_SqlReplication::reportsTablesThatCannotBeRead_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("error");
    QTest::newRow("there are none")
        << QStringLiteral("DROP TABLE qzap_credentials") << QStringLiteral("incomplete");
    QTest::newRow("of a later version")
        << QStringLiteral("UPDATE qzap_meta SET version = 99") << QStringLiteral("version 99");
    QTest::newRow("without a version")
        << QStringLiteral("DELETE FROM qzap_meta") << QStringLiteral("qzap_meta");
    QTest::newRow("half of a migration")
        << QStringLiteral("DROP TABLE qzap_changes") << QStringLiteral("qzap_changes");
}

void tst_SqlReplication::reportsTablesThatCannotBeRead()
{
    QFETCH(QString, statement);
    QFETCH(const QString, error);
    execute(statement);
    QVERIFY(m_source->start());
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(error), qPrintable(lastError()));
    QVERIFY(!m_source->isConnected());
    QVERIFY(!m_store->isReady());
    QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
}

// From then on, revocations would go unnoticed.
void tst_SqlReplication::noticesTriggersThatAreSwitchedOff()
{
    start();
    execute(isPostgreSql()
                ? QStringLiteral("ALTER TABLE qzap_credentials DISABLE TRIGGER qzap_deleted")
                : QStringLiteral("DROP TRIGGER qzap_deleted"));
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("qzap_deleted")), qPrintable(lastError()));
    QVERIFY(!m_source->isConnected());
}

void tst_SqlReplication::goesOnWhileTheDatabaseIsAway()
{
    start();
    hideTables();
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY(!m_source->isConnected());
    QCOMPARE(m_source->errorString(), lastError());
    QCOMPARE(statusOf(1), QZap::Status::Success);
    const QDateTime confirmed = m_store->confirmedAt();
    execute(QStringLiteral("DELETE FROM hidden WHERE key = %1").arg(sqlKey(1)));
    showTables();
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(m_source->errorString(), QString());
    QVERIFY(m_store->confirmedAt() > confirmed);
    QCOMPARE(m_errors->count(), 1); // although it was tried several times
    hideTables();
    QTRY_COMPARE(m_errors->count(), 2);
}

void tst_SqlReplication::becomesStaleWhileTheDatabaseIsAway()
{
    m_store->setStaleTime(300ms);
    start();
    QTest::qWait(500); // is confirmed meanwhile
    QCOMPARE(statusOf(1), QZap::Status::Success);
    hideTables();
    QTRY_COMPARE(statusOf(1), QZap::Status::TemporaryError);
    showTables();
    QTRY_COMPARE(statusOf(1), QZap::Status::Success);
}

QTEST_GUILESS_MAIN(tst_SqlReplication)
#include "tst_sqlreplication.moc"
