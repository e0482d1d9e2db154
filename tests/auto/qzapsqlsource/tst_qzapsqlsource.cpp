// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sqlsourcetest.h"

#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <functional>
#include <memory>

using namespace std::chrono_literals;

using Change = std::function<void(QZapSqlSource *)>;
Q_DECLARE_METATYPE(Change)

// Tests the properties of sources, and their lives, with SQLite.
class tst_QZapSqlSource : public SqlSourceTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;

    void defaults();
    void announcesSettings();
    void refusesSettings_data();
    void refusesSettings();
    void refusesInvalidPollIntervals();
    void startsAndStops();
    void startsWithoutADatabase();
    void isStoppedByInvalidSettings();
    void readsAnotherDomainWhenThatIsSet();
    void restartsOnceForSeveralSettings();
    void changesThePollIntervalWithoutRestart();
    void refusesASecondSourceOfAStore();
    void stopsWithItsStore_data();
    void stopsWithItsStore();
    void fillsAnotherStore();
    void confirmsEachPoll();
    void isUsedInItsThreadOnly();
    void isDestroyedAtAnyTime();

private:
    static QString sqlite() { return QStringLiteral("QSQLITE"); }
};

void tst_QZapSqlSource::init()
{
    SqlSourceTest::init();
    useSqlite();
    addKey(1);
}

void tst_QZapSqlSource::defaults()
{
    const QZapSqlSource source;
    QVERIFY(!source.store());
    QCOMPARE(source.driver(), QString());
    QCOMPARE(source.connectionOptions(), QString());
    QCOMPARE(source.domain(), QString());
    QCOMPARE(source.pollInterval(), 500);
    QCOMPARE(source.notifyChannel(), QString());
    QVERIFY(!source.isRunning());
    QVERIFY(!source.isConnected());
    QCOMPARE(source.errorString(), QString());
}

void tst_QZapSqlSource::announcesSettings()
{
    QZapSqlSource source;
    const QSignalSpy stores(&source, &QZapSqlSource::storeChanged);
    const QSignalSpy drivers(&source, &QZapSqlSource::driverChanged);
    const QSignalSpy options(&source, &QZapSqlSource::connectionOptionsChanged);
    const QSignalSpy domains(&source, &QZapSqlSource::domainChanged);
    const QSignalSpy intervals(&source, &QZapSqlSource::pollIntervalChanged);
    const QSignalSpy channels(&source, &QZapSqlSource::notifyChannelChanged);
    for (int i = 0; i < 2; ++i) {
        source.setStore(m_store.get());
        source.setDriver(sqlite());
        source.setConnectionOptions(QStringLiteral("file"));
        source.setDomain(test());
        source.setPollInterval(2s);
        source.setNotifyChannel(QStringLiteral("changes"));
    }
    QCOMPARE(source.store(), m_store.get());
    QCOMPARE(source.driver(), sqlite());
    QCOMPARE(source.connectionOptions(), QStringLiteral("file"));
    QCOMPARE(source.domain(), test());
    QCOMPARE(source.pollInterval(), 2000);
    QCOMPARE(source.notifyChannel(), QStringLiteral("changes"));
    for (const QSignalSpy *spy : {&stores, &drivers, &options, &domains, &intervals, &channels})
        QCOMPARE(spy->count(), 1);
}

void tst_QZapSqlSource::refusesSettings_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QString &error, const Change &change) {
        QTest::newRow(name) << change << error;
    };
    const auto options = [](const QString &text) {
        return [text](QZapSqlSource *source) {
            source->setDriver(QStringLiteral("QPSQL"));
            source->setConnectionOptions(text);
        };
    };
    row("no store", QStringLiteral("no store"), [](auto *s) { s->setStore(nullptr); });
    row("no driver", QStringLiteral("driver"), [](auto *s) { s->setDriver({}); });
    row("another driver", QStringLiteral("QMYSQL"),
        [](auto *s) { s->setDriver(QStringLiteral("QMYSQL")); });
    row("no file", QStringLiteral("file"), [](auto *s) { s->setConnectionOptions({}); });
    row("a database in memory", QStringLiteral("file"),
        [](auto *s) { s->setConnectionOptions(QStringLiteral(":memory:")); });
    row("a password", QStringLiteral("password"),
        options(QStringLiteral("host=/run dbname=a password=terribly-secret")));
    row("a remote server without TLS", QStringLiteral("verify-full"),
        options(QStringLiteral("host=db.example.org dbname=a")));
    row("a remote server whose certificate is not verified", QStringLiteral("verify-full"),
        options(QStringLiteral("host=db.example.org dbname=a sslmode=require")));
    row("one of two servers is remote", QStringLiteral("verify-full"),
        options(QStringLiteral("host=/run,db.example.org dbname=a")));
    row("no domain", QStringLiteral("exactly one domain"), [](auto *s) { s->setDomain({}); });
    row("a domain of 256 bytes", QStringLiteral("255 bytes"),
        [](auto *s) { s->setDomain(QString(256, u'd')); });
    row("a domain with NUL", QStringLiteral("\"a\\u0000b\""),
        [](auto *s) { s->setDomain(QStringLiteral("a") + QChar(0) + QStringLiteral("b")); });
    row("a domain that is not valid text", QStringLiteral("domain"),
        [](auto *s) { s->setDomain(QString(QChar(0xd800))); });
    row("a long channel", QStringLiteral("63 bytes"),
        [](auto *s) { s->setNotifyChannel(QString(64, u'c')); });
}

void tst_QZapSqlSource::refusesSettings()
{
    QFETCH(const Change, change);
    QFETCH(const QString, error);
    change(m_source.get());
    const QSignalSpy running(m_source.get(), &QZapSqlSource::runningChanged);
    QVERIFY(!m_source->start());
    QVERIFY(!m_source->isRunning());
    QCOMPARE(running.count(), 0);
    QCOMPARE(m_errors->count(), 1);
    QCOMPARE(lastError(), m_source->errorString());
    QVERIFY2(lastError().contains(error), qPrintable(lastError()));
    QVERIFY(!lastError().contains(QStringLiteral("terribly-secret")));
    m_source->setRunning(true);
    QVERIFY(!m_source->isRunning());
    QVERIFY(!m_store->isReady());
}

void tst_QZapSqlSource::refusesInvalidPollIntervals()
{
    QTest::ignoreMessage(QtWarningMsg, "QZapSqlSource::setPollInterval: 0 is less than 1; the call "
                                       "has no effect");
    m_source->setPollInterval(0);
    QCOMPARE(m_source->pollInterval(), static_cast<int>(PollInterval.count()));
}

void tst_QZapSqlSource::startsAndStops()
{
    const QSignalSpy running(m_source.get(), &QZapSqlSource::runningChanged);
    const QSignalSpy connected(m_source.get(), &QZapSqlSource::connectedChanged);
    QCOMPARE(statusOf(1), QZap::Status::TemporaryError);
    m_source->setRunning(true);
    QVERIFY(m_source->start()); // does nothing
    QVERIFY(m_source->isRunning());
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(statusOf(1), QZap::Status::Success);
    QCOMPARE(userIdOf(1), QStringLiteral("alice"));
    m_source->setRunning(false);
    QVERIFY(!m_source->isRunning());
    QVERIFY(!m_source->isConnected());
    addKey(2);
    start();
    QCOMPARE(statusOf(2), QZap::Status::Success);
    QCOMPARE(running.count(), 3);
    QCOMPARE(connected.count(), 3);
    QCOMPARE(m_errors->count(), 0);
}

void tst_QZapSqlSource::startsWithoutADatabase()
{
    m_source->setConnectionOptions(path(QStringLiteral("missing.db")));
    QVERIFY(m_source->start());
    QTRY_COMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("missing.db: no such file")),
             qPrintable(lastError()));
    QVERIFY(m_source->isRunning());
    QVERIFY(!m_store->isReady());
    m_writer.close();
    rename(QStringLiteral("credentials.db"), QStringLiteral("missing.db"));
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(m_errors->count(), 1);
    QCOMPARE(m_source->errorString(), QString());
    QCOMPARE(statusOf(1), QZap::Status::Success);
}

void tst_QZapSqlSource::isStoppedByInvalidSettings()
{
    start();
    m_source->setDomain({});
    QTRY_VERIFY(!m_source->isRunning());
    QVERIFY(!m_source->isConnected());
    QCOMPARE(m_errors->count(), 1);
    QCOMPARE(lastError(), m_source->errorString());
    QCOMPARE(statusOf(1), QZap::Status::Success); // as documented
}

void tst_QZapSqlSource::readsAnotherDomainWhenThatIsSet()
{
    addKey(2, QStringLiteral("bob"), QStringLiteral("others"));
    start();
    QCOMPARE(statusOf(2), QZap::Status::AuthenticationFailure);
    m_source->setDomain(QStringLiteral("others"));
    QTRY_COMPARE(statusOf(2), QZap::Status::Success);
    QCOMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
}

void tst_QZapSqlSource::restartsOnceForSeveralSettings()
{
    start();
    m_writer.close();
    useSqlite(QStringLiteral("others.db"));
    addKey(2);
    const QSignalSpy connected(m_source.get(), &QZapSqlSource::connectedChanged);
    m_source->setDriver(QStringLiteral("none"));
    m_source->setDriver(sqlite());
    QTRY_COMPARE(statusOf(2), QZap::Status::Success);
    QTRY_VERIFY(m_source->isConnected());
    QCOMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(connected.count(), 2);
    QCOMPARE(m_errors->count(), 0);
}

void tst_QZapSqlSource::changesThePollIntervalWithoutRestart()
{
    m_source->setPollInterval(24h);
    start();
    const QSignalSpy connected(m_source.get(), &QZapSqlSource::connectedChanged);
    removeKey(1);
    m_source->setPollInterval(PollInterval);
    QTRY_COMPARE(statusOf(1), QZap::Status::AuthenticationFailure);
    QCOMPARE(connected.count(), 0);
}

void tst_QZapSqlSource::refusesASecondSourceOfAStore()
{
    QZapSqlSource second(m_store.get());
    second.setDriver(sqlite());
    second.setConnectionOptions(m_source->connectionOptions());
    second.setDomain(QStringLiteral("others"));
    start();
    QVERIFY(!second.start());
    QVERIFY2(second.errorString().contains(QStringLiteral("another source")),
             qPrintable(second.errorString()));
    QCOMPARE(statusOf(1), QZap::Status::Success);
    m_source->stop();
    QVERIFY(second.start());
    QVERIFY(!m_source->start());
}

void tst_QZapSqlSource::stopsWithItsStore_data()
{
    QTest::addColumn<bool>("inOtherThread");
    QTest::newRow("in its thread") << false;
    QTest::newRow("in another thread") << true;
}

void tst_QZapSqlSource::stopsWithItsStore()
{
    QFETCH(const bool, inOtherThread);
    m_source->setPollInterval(1);
    start();
    const QSignalSpy stores(m_source.get(), &QZapSqlSource::storeChanged);
    if (inOtherThread) {
        QThread thread;
        thread.start();
        m_store->moveToThread(&thread);
        QMetaObject::invokeMethod(
            m_store.get(), [this] { m_store.reset(); }, Qt::BlockingQueuedConnection);
        thread.quit();
        QVERIFY(thread.wait());
    } else {
        m_store.reset();
    }
    QTRY_COMPARE(stores.count(), 1);
    QVERIFY(!m_source->store());
    QVERIFY(!m_source->isRunning());
    QCOMPARE(m_errors->count(), 1);
    QVERIFY2(lastError().contains(QStringLiteral("destroyed")), qPrintable(lastError()));
}

void tst_QZapSqlSource::fillsAnotherStore()
{
    start();
    QZapCredentialsStore other;
    m_source->setStore(&other);
    QTRY_VERIFY(other.isReady());
    QCOMPARE(other.count(), 1);
    addKey(2);
    QTRY_COMPARE(other.count(), 2);
    QCOMPARE(m_store->count(), 1);
    m_source->setStore(m_store.get());
    QTRY_COMPARE(m_store->count(), 2);
}

void tst_QZapSqlSource::confirmsEachPoll()
{
    start();
    const QDateTime before = m_store->confirmedAt();
    QVERIFY(before.isValid());
    QTRY_VERIFY(m_store->confirmedAt() > before);
    m_source->stop();
    const QDateTime last = m_store->confirmedAt();
    m_store->setStaleTime(1ms);
    QTRY_COMPARE(statusOf(1), QZap::Status::TemporaryError);
    QCOMPARE(m_store->confirmedAt(), last);
    m_store->setStaleTime(1min);
    start();
    QCOMPARE(statusOf(1), QZap::Status::Success);
}

void tst_QZapSqlSource::isUsedInItsThreadOnly()
{
    QThread thread;
    thread.start();
    m_source->moveToThread(&thread);
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapSqlSource::start: must be called in the thread that the "
                         "source lives in; the call has no effect");
    QVERIFY(!m_source->start());
    QMetaObject::invokeMethod(
        m_source.get(), [this] { m_source->start(); }, Qt::BlockingQueuedConnection);
    QTRY_COMPARE(statusOf(1), QZap::Status::Success);
    QMetaObject::invokeMethod(
        m_source.get(), [this] { m_source.reset(); }, Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_QZapSqlSource::isDestroyedAtAnyTime()
{
    for (int i = 0; i < 20; ++i) {
        QZapSqlSource source(m_store.get());
        source.setDriver(sqlite());
        source.setConnectionOptions(m_source->connectionOptions());
        source.setDomain(test());
        source.setPollInterval(1);
        QVERIFY(source.start());
        if (i % 2 == 1)
            QTRY_VERIFY(source.isConnected());
    }
    start();
    QCOMPARE(statusOf(1), QZap::Status::Success);
}

QTEST_GUILESS_MAIN(tst_QZapSqlSource)
#include "tst_qzapsqlsource.moc"
