// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>
#include <QZap/qzaptestclock.h>

#include "authenticatortest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

// Tests the properties of stores, when they are stale, and lists of keys from QML.
class tst_QZapCredentialsStore : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void defaults();
    void announcesProperties();
    void announcesChangesOfOtherThreads();
    void reportsErrors();
    void refusesInvalidStaleTimes_data();
    void refusesInvalidStaleTimes();
    void becomesStale();
    void isStaleUntilConfirmedAgain();
    void isConfirmedByReplacementsOnly();
    void announcesThatItIsStale();
    void replacesKeys_data();
    void replacesKeys();
    void refusesLists_data();
    void refusesLists();
    void skipsInvalidEntries_data();
    void skipsInvalidEntries();
    void announcesItsEnd();

private:
    using Mode = QZapCredentialsStore::Mode;

    static QByteArray keyText() { return "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"; }
    bool add(Mode mode = Mode::ReplaceAll)
    {
        QZapCredentialsUpdate update = m_store->begin(mode);
        return update.upsertKey(keyText(), QStringLiteral("alice")) && update.commit().result();
    }
    QZapReply reply() const
    {
        return m_authenticator->evaluate(test(), QStringLiteral("127.0.0.1"),
                                         QZapCredentials::curve(keyText()));
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsStore> m_store;
    QZapCurveDomain *m_domain = nullptr;
};

void tst_QZapCredentialsStore::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_store = std::make_unique<QZapCredentialsStore>();
    m_domain = new QZapCurveDomain(m_authenticator.get());
    m_domain->setName(test());
    m_domain->setStore(m_store.get());
    QVERIFY(m_authenticator->addDomain(m_domain));
}

void tst_QZapCredentialsStore::cleanup()
{
    m_authenticator.reset();
    m_store.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapCredentialsStore::defaults()
{
    QVERIFY(!m_store->isReady());
    QCOMPARE(m_store->count(), 0);
    QCOMPARE(m_store->errorString(), QString());
    QCOMPARE(m_store->staleTime(), -1);
    QVERIFY(!m_store->confirmedAt().isValid());
    QCOMPARE(reply().status(), QZap::Status::TemporaryError);
}

void tst_QZapCredentialsStore::announcesProperties()
{
    QSignalSpy ready(m_store.get(), &QZapCredentialsStore::readyChanged);
    QSignalSpy count(m_store.get(), &QZapCredentialsStore::countChanged);
    QSignalSpy confirmed(m_store.get(), &QZapCredentialsStore::confirmedAtChanged);
    QSignalSpy domainReady(m_domain, &QZapDomain::readyChanged);
    QVERIFY(add());
    QVERIFY(m_store->isReady());
    QCOMPARE(m_store->count(), 1);
    QVERIFY(m_store->confirmedAt().isValid());
    QCOMPARE(ready.count(), 0); // emitted from the event loop
    QTRY_COMPARE(ready.count(), 1);
    QCOMPARE(count.count(), 1);
    QCOMPARE(confirmed.count(), 1);
    QTRY_COMPARE(domainReady.count(), 1);
    QVERIFY(m_domain->isReady());
}

void tst_QZapCredentialsStore::announcesChangesOfOtherThreads()
{
    QSignalSpy ready(m_store.get(), &QZapCredentialsStore::readyChanged);
    std::thread thread([this] { (void)add(Mode::Delta); });
    thread.join();
    QCOMPARE(reply().status(), QZap::Status::Success);
    QTRY_COMPARE(ready.count(), 1);
}

void tst_QZapCredentialsStore::reportsErrors()
{
    QSignalSpy errors(m_store.get(), &QZapCredentialsStore::errorStringChanged);
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    update.upsertKey("short");
    QVERIFY(!update.commit().result());
    QTRY_COMPARE(errors.count(), 1);
    QCOMPARE(m_store->errorString(), update.errorString());
    QVERIFY(!m_store->isReady());
    QVERIFY(add());
    QTRY_COMPARE(errors.count(), 2);
    QCOMPARE(m_store->errorString(), QString());
}

void tst_QZapCredentialsStore::refusesInvalidStaleTimes_data()
{
    QTest::addColumn<std::chrono::milliseconds>("time");
    QTest::addColumn<int>("expected");
    QTest::newRow("a minute") << std::chrono::milliseconds(1min) << 60000;
    QTest::newRow("at once") << 0ms << 0;
    QTest::newRow("never") << -1ms << -1;
    QTest::newRow("negative") << -2ms << 5;
    QTest::newRow("too long for an int") << std::chrono::milliseconds(10000h) << 2147483647;
}

void tst_QZapCredentialsStore::refusesInvalidStaleTimes()
{
    QFETCH(std::chrono::milliseconds, time);
    QFETCH(int, expected);
    m_store->setStaleTime(5);
    QSignalSpy changes(m_store.get(), &QZapCredentialsStore::staleTimeChanged);
    if (expected == 5) {
        QTest::ignoreMessage(
            QtWarningMsg, QRegularExpression(QStringLiteral("setStaleTime: -2 is less than -1")));
    }
    m_store->setStaleTime(time);
    QCOMPARE(m_store->staleTime(), expected);
    QCOMPARE(changes.count(), expected == 5 ? 0 : 1);
}

void tst_QZapCredentialsStore::becomesStale()
{
    QZapTestClock clock;
    m_store->setStaleTime(60000);
    QVERIFY(add());
    clock.advance(59s);
    QCOMPARE(reply().status(), QZap::Status::Success);
    QVERIFY(m_store->isReady());
    clock.advance(2s);
    QCOMPARE(reply().status(), QZap::Status::TemporaryError);
    QVERIFY(!m_store->isReady());
    QVERIFY(!m_domain->isReady());
    QVERIFY(m_authenticator
                ->explain(test(), QStringLiteral("127.0.0.1"), QZapCredentials::curve(keyText()))
                .contains(QStringLiteral("not confirmed in time")));
}

void tst_QZapCredentialsStore::isStaleUntilConfirmedAgain()
{
    QZapTestClock clock;
    m_store->setStaleTime(60000);
    QVERIFY(add());
    QTRY_VERIFY(m_domain->isReady());
    for (int i = 0; i < 3; ++i) {
        clock.advance(61s);
        QCOMPARE(reply().status(), QZap::Status::TemporaryError);
        const QDateTime before = m_store->confirmedAt();
        m_store->confirm();
        QVERIFY(m_store->confirmedAt() > before);
        QCOMPARE(reply().status(), QZap::Status::Success);
        QVERIFY(m_domain->isReady());
    }
    clock.advance(61s);
    m_store->setStaleTime(-1);
    QCOMPARE(reply().status(), QZap::Status::Success);
}

void tst_QZapCredentialsStore::isConfirmedByReplacementsOnly()
{
    QZapTestClock clock;
    m_store->setStaleTime(60000);
    QVERIFY(add());
    clock.advance(61s);
    QVERIFY(add(Mode::Delta));
    QCOMPARE(reply().status(), QZap::Status::TemporaryError);
    QVERIFY(add(Mode::ReplaceAll));
    QCOMPARE(reply().status(), QZap::Status::Success);
}

// The timer uses the real clock.
void tst_QZapCredentialsStore::announcesThatItIsStale()
{
    QVERIFY(add());
    QTRY_VERIFY(m_domain->isReady());
    QCoreApplication::processEvents();
    QSignalSpy ready(m_store.get(), &QZapCredentialsStore::readyChanged);
    QSignalSpy domainReady(m_domain, &QZapDomain::readyChanged);
    QSignalSpy errors(m_domain, &QZapDomain::errorStringChanged);
    m_store->setStaleTime(20);
    QTRY_COMPARE(ready.count(), 1);
    QTRY_COMPARE(domainReady.count(), 1);
    QVERIFY(!m_domain->isReady());
    QVERIFY(m_domain->errorString().contains(QStringLiteral("not confirmed")));
    m_store->setStaleTime(-1);
    QTRY_COMPARE(ready.count(), 2);
    QTRY_COMPARE(domainReady.count(), 2);
    QCOMPARE(m_domain->errorString(), QString());
    QCOMPARE(errors.count(), 2);
}

void tst_QZapCredentialsStore::replacesKeys_data()
{
    QTest::addColumn<QVariant>("key");
    QTest::addColumn<QString>("userId");
    const QString text = QString::fromLatin1(keyText());
    QTest::newRow("text") << QVariant(text) << text;
    QTest::newRow("an object") << QVariant(QVariantMap{{QStringLiteral("key"), text}}) << text;
    QTest::newRow("a user id") << QVariant(QVariantMap{
        {QStringLiteral("key"), text}, {QStringLiteral("userId"), QStringLiteral("alice")}})
                               << QStringLiteral("alice");
    QTest::newRow("a time as text") << QVariant(
        QVariantMap{{QStringLiteral("key"), text},
                    {QStringLiteral("notAfter"), QStringLiteral("2999-01-31T00:00:00Z")}})
                                    << text;
    QTest::newRow("a time") << QVariant(
        QVariantMap{{QStringLiteral("key"), text},
                    {QStringLiteral("notAfter"), QDateTime::currentDateTime().addYears(1)}})
                            << text;
    QTest::newRow("fields") << QVariant(
        QVariantMap{{QStringLiteral("key"), text},
                    {QStringLiteral("fields"),
                     QVariantMap{{QStringLiteral("Role"), QStringLiteral("sensor")}}}})
                            << text;
}

void tst_QZapCredentialsStore::replacesKeys()
{
    QFETCH(QVariant, key);
    QFETCH(QString, userId);
    QVERIFY2(m_store->replaceKeys({key}), qPrintable(m_store->errorString()));
    QTRY_COMPARE(reply().status(), QZap::Status::Success);
    QCOMPARE(reply().userId(), userId);
    QVERIFY(m_store->replaceKeys({}));
    QTRY_COMPARE(reply().status(), QZap::Status::AuthenticationFailure);
}

void tst_QZapCredentialsStore::refusesLists_data()
{
    QTest::addColumn<QVariant>("key");
    QTest::addColumn<QString>("error");
    const QString text = QString::fromLatin1(keyText());
    const auto row = [](const char *name, const QVariant &key, const char *error) {
        QTest::newRow(name) << key << QString::fromLatin1(error);
    };
    const auto with = [text](const char *member, const QVariant &value) {
        return QVariantMap{{QStringLiteral("key"), text}, {QString::fromLatin1(member), value}};
    };
    row("a number", 5, "40 characters");
    row("an empty object", QVariantMap(), "40 characters");
    row("32 characters", QString(32, QLatin1Char('k')), "40 characters");
    row("no Z85", QString(40, QLatin1Char(' ')), "Z85");
    row("characters outside Latin-1", QString(40, QChar(0x0142)), "80 bytes");
    row("no UTF-16", QString(40, QChar(0xd800)), "40 characters");
    row("a misspelt restriction", with("notafter", text), "\"notafter\" is not one of");
    row("a time without an offset", with("notAfter", QStringLiteral("2027-01-31T00:00:00")),
        "offset");
    row("a time that is a number", with("notAfter", 5), "time of expiry");
    row("an undefined time", with("notAfter", QVariant()), "time of expiry");
    row("a user id that is a number", with("userId", 5), "userId is not text");
    row("an undefined user id", with("userId", QVariant()), "userId is not text");
    row("fields that are text", with("fields", text), "fields is not an object");
    row("fields that are a list", with("fields", QVariantList()), "fields is not an object");
    row("the id anonymous", with("userId", QStringLiteral("anonymous")), "anonymous");
}

void tst_QZapCredentialsStore::refusesLists()
{
    QFETCH(QVariant, key);
    QFETCH(QString, error);
    QVERIFY(add());
    QVERIFY(!m_store->replaceKeys({QString::fromLatin1(keyText()), key}));
    QVERIFY2(m_store->errorString().startsWith(QStringLiteral("entry 2")),
             qPrintable(m_store->errorString()));
    QVERIFY2(m_store->errorString().contains(error), qPrintable(m_store->errorString()));
    QCOMPARE(reply().status(), QZap::Status::Success);
}

void tst_QZapCredentialsStore::skipsInvalidEntries_data()
{
    QTest::addColumn<Mode>("mode");
    QTest::newRow("replacement") << Mode::ReplaceAll;
    QTest::newRow("delta") << Mode::Delta;
}

void tst_QZapCredentialsStore::skipsInvalidEntries()
{
    QFETCH(const Mode, mode);
    QZapCredentialsUpdate update = m_store->begin(mode);
    QVERIFY(!update.skipsInvalidEntries());
    update.setSkipsInvalidEntries(true);
    QVERIFY(update.skipsInvalidEntries());
    QVERIFY(!update.upsertKey("too short"));
    QVERIFY(!update.upsertUser(QStringLiteral("bob"), "not a hash"));
    QVERIFY2(update.errorString().startsWith(QStringLiteral("entry 2, user \"bob\": ")),
             qPrintable(update.errorString()));
    QVERIFY(update.upsertKey(keyText(), QStringLiteral("alice")));
    QVERIFY(update.commit().result());
    QCOMPARE(m_store->count(), 1);
    QCOMPARE(m_store->errorString(), QString());
    QCOMPARE(reply().userId(), QStringLiteral("alice"));
    // From then on, an invalid entry fails the update again.
    QZapCredentialsUpdate strict = m_store->begin(mode);
    strict.setSkipsInvalidEntries(true);
    QVERIFY(!strict.upsertKey("too short"));
    strict.setSkipsInvalidEntries(false);
    QVERIFY(!strict.upsertKey("too short"));
    QVERIFY(!strict.commit().result());
    QVERIFY(strict.errorString().startsWith(QStringLiteral("entry 2, ")));
    QCOMPARE(m_store->count(), 1);
}

void tst_QZapCredentialsStore::announcesItsEnd()
{
    QVERIFY(add());
    qint64 count = 0;
    QZapCredentialsStore *const store = m_store.get();
    connect(store, &QZapCredentialsStore::aboutToBeDestroyed, store, [&count, store] {
        store->confirm(); // can still be called
        count = store->count();
    });
    m_store.reset();
    QCOMPARE(count, 1);
}

QTEST_GUILESS_MAIN(tst_QZapCredentialsStore)
#include "tst_qzapcredentialsstore.moc"
