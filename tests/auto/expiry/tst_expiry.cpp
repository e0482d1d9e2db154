// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "waitingrequestsfixture.h"

#include "base/clock.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "policy/decide.h"
#include "protocol/z85.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentials.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapreply.h>

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace QZap;
using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Second = 1000; // ms
constexpr qint64 Hour = 3600 * Second;
constexpr qint64 Day = 24 * Hour;
constexpr qint64 Moment = 1'800'000'000'000; // in 2027

const QByteArray Reason("The key has expired");

qint64 clockTime = 0; // ms
int clockReads = 0;

qint64 testClock()
{
    ++clockReads;
    return clockTime * Clock::NanosecondsPerMillisecond;
}

void setWall(qint64 milliseconds)
{
    Clock::setWall(milliseconds * Clock::NanosecondsPerMillisecond);
}

QByteArray keyOf(char number)
{
    QByteArray key(CurveKeySize, '\x55');
    key[0] = number;
    return key;
}

const uchar *bytesOf(const QByteArray &key)
{
    return reinterpret_cast<const uchar *>(key.constData());
}

QByteArray certificateOf(char number, const QByteArray &notAfter)
{
    return "metadata\n    not-after = \"" + notAfter + "\"\ncurve\n    public-key = \""
           + Z85::encode(keyOf(number)) + "\"\n";
}

} // namespace

// Tests keys that are refused from a given time on.
class tst_Expiry : public WaitingRequestsFixture
{
    Q_OBJECT

private Q_SLOTS:
    void cleanupTestCase() { Clock::resetWall(); }
    void decision_data();
    void decision();
    void theClockIsReadOnlyForKeysThatExpire();
    void aClockThatIsSetBackAndForth();
    void aSettlingStoreIsRefusedForGoodAsWell();
    void reportOnlyLetsNoExpiredKeyIn();
    void keysThatAnyoneMayHaveNeverExpire();
    void directory();
    void anInvalidTimeInAListExcludesTheKey_data();
    void anInvalidTimeInAListExcludesTheKey();
    void anInvalidTimeInADirectoryExcludesTheKey();
    void aChangedTimeChangesTheStore();
    void expiresWhileAProviderIsAsked();
    void expiresWhileTheUserIdIsAsked();
    void expiresWhileDeferred();
    void becomesValidWhileDeferred();
    void authenticator();

private:
    static std::shared_ptr<const KeyStore> storeOf(qint64 notAfter)
    {
        KeyStore::Builder builder;
        builder.add(bytesOf(keyOf('k')), "alice");
        builder.setNotAfter(notAfter);
        builder.add(bytesOf(keyOf('n')), "bob");
        return builder.build();
    }
    void configureKey(qint64 notAfter, bool asksProvider)
    {
        DomainPolicy domain = asksProvider ? withProvider() : acceptsAll();
        domain.acceptsAll = false;
        domain.keys = storeOf(notAfter);
        configure(Mechanism::Curve, domain);
    }
    static void save(const QTemporaryDir &directory, const QString &name,
                     const QByteArray &contents)
    {
        QFile file(directory.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents), contents.size());
    }
    void askAsAlice() { ask("1", "CURVE", {keyOf('k')}); }
};

void tst_Expiry::decision_data()
{
    QTest::addColumn<qint64>("notAfter");
    QTest::addColumn<qint64>("now");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("a millisecond before") << Moment << Moment - 1 << true;
    QTest::newRow("at that moment") << Moment << Moment << false;
    QTest::newRow("a millisecond after") << Moment << Moment + 1 << false;
    QTest::newRow("in 25 days") << Moment + 25 * Day << Moment << true;
    QTest::newRow("25 days ago") << Moment - 25 * Day << Moment << false;
    QTest::newRow("in 100 years") << Moment + 36525 * Day << Moment << true;
    QTest::newRow("100 years ago") << Moment - 36525 * Day << Moment << false;
    QTest::newRow("in the year 9999") << qint64{253'402'300'799'999} << Moment << true;
    QTest::newRow("in the year 1") << qint64{-62'135'596'800'000} << Moment << false;
    QTest::newRow("1970") << qint64{0} << Moment << false;
    QTest::newRow("a clock that was never set") << Moment << qint64{0} << true;
}

void tst_Expiry::decision()
{
    QFETCH(const qint64, notAfter);
    QFETCH(const qint64, now);
    QFETCH(const bool, accepted);

    configureKey(notAfter, false);
    const QByteArray key = keyOf('k');
    Request asked;
    asked.domain = "test";
    asked.mechanism = Mechanism::Curve;
    asked.publicKey = key;
    clockTime = now;
    const Verdict verdict = QZap::Internal::decide(m_policy, asked, testClock);
    QCOMPARE(verdict.status, accepted ? Status::Success : Status::AuthenticationFailure);
    QCOMPARE(verdict.next, Verdict::Next::Answer);
    QCOMPARE(verdict.reason, accepted ? QByteArray("OK") : Reason);
    QCOMPARE(verdict.userId, accepted ? QByteArrayView("alice") : QByteArrayView());
}

void tst_Expiry::theClockIsReadOnlyForKeysThatExpire()
{
    configureKey(Moment, false);
    Request asked;
    asked.domain = "test";
    asked.mechanism = Mechanism::Curve;
    const QByteArray other = keyOf('n');
    const QByteArray stranger = keyOf('s');
    const QByteArray key = keyOf('k');
    clockReads = 0;
    asked.publicKey = other;
    QCOMPARE(QZap::Internal::decide(m_policy, asked, testClock).status, Status::Success);
    asked.publicKey = stranger;
    QCOMPARE(QZap::Internal::decide(m_policy, asked, testClock).status,
             Status::AuthenticationFailure);
    QCOMPARE(clockReads, 0);
    asked.publicKey = key;
    const Verdict verdict = QZap::Internal::decide(m_policy, asked, testClock);
    QCOMPARE(clockReads, 1);
    QCOMPARE(verdict.notAfter, verdict.status == Status::Success ? Moment : KeyStore::Never);
}

void tst_Expiry::aClockThatIsSetBackAndForth()
{
    configureKey(Moment, false);
    for (int i = 0; i < 3; ++i) {
        m_events.clear();
        setWall(Moment - Hour);
        askAsAlice();
        setWall(Moment + Hour);
        askAsAlice();
        QCOMPARE(m_events, QByteArrayList({"1 200 alice", "1 400"}));
        QCOMPARE(m_reason, Reason);
    }
}

// Unlike a missing key, an expired key cannot still appear, so its refusal is final.
void tst_Expiry::aSettlingStoreIsRefusedForGoodAsWell()
{
    DomainPolicy domain = acceptsAll();
    domain.acceptsAll = false;
    domain.isSettling = true;
    domain.keys = storeOf(Moment);
    configure(Mechanism::Curve, domain);
    setWall(Moment + Hour);
    askAsAlice();
    QCOMPARE(m_events, QByteArrayList{"1 400"});
    QCOMPARE(m_reason, Reason);
}

void tst_Expiry::reportOnlyLetsNoExpiredKeyIn()
{
    DomainPolicy domain = acceptsAll();
    domain.acceptsAll = false;
    domain.keys = storeOf(Moment);
    domain.reportOnly = true;
    m_policy.reportOnly = true;
    configure(Mechanism::Curve, domain);
    const QByteArray key = keyOf('k');
    Request asked;
    asked.domain = "test";
    asked.mechanism = Mechanism::Curve;
    asked.publicKey = key;
    clockTime = Moment;
    const Verdict verdict = QZap::Internal::decide(m_policy, asked, testClock);
    QCOMPARE(verdict.status, Status::AuthenticationFailure);
    QCOMPARE(verdict.reason, Reason);
    QVERIFY(verdict.isEnforced);
}

void tst_Expiry::keysThatAnyoneMayHaveNeverExpire()
{
    DomainPolicy domain = acceptsAll();
    domain.keys = storeOf(Moment);
    configure(Mechanism::Curve, domain);
    setWall(Moment + Hour);
    askAsAlice();
    QVERIFY(m_events.first().startsWith("1 200"));
}

void tst_Expiry::directory()
{
    const QTemporaryDir location;
    save(location, u"alice.key"_s, certificateOf(1, "2027-01-15T08:00:00Z"));
    save(location, u"bob.key"_s, certificateOf(2, "2027-01-15T08:00:00"));
    save(location, u"carol.key"_s, certificateOf(3, "2020-01-15T08:00:00Z"));
    const KeyLoad load = loadKeyDirectory(location.path(), {});
    QCOMPARE(load.keys->find(keyOf(1))->notAfter, Moment);
    QVERIFY(!load.keys->find(keyOf(2)));
    QVERIFY(load.keys->find(keyOf(3))); // loaded without an error, and refused as expired
    QCOMPARE(textsOf(load.errors),
             QStringList(location.filePath(u"bob.key"_s)
                         + u":2: not-after has no offset from UTC; write it as "
                           "2027-01-31T00:00:00Z, or as 2027-01-31T02:00:00+02:00; correct the "
                           "certificate, or remove it"_s));
    QCOMPARE(textsOf(load.warnings), QStringList());
    const auto expiries = load.keys->expiriesUntil(Moment - 1);
    QCOMPARE(expiries.size(), size_t{1});
    QCOMPARE(expiries.front().origin.fileName, QByteArrayView("carol.key"));
}

void tst_Expiry::anInvalidTimeInAListExcludesTheKey_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<bool>("isExcluded");
    QTest::newRow("no such month") << QByteArray("alice not-after=2020-13-01T00:00:00Z") << true;
    QTest::newRow("another spelling") << QByteArray("alice NotAfter=2020-12-01T00:00:00Z") << true;
    QTest::newRow("no value") << QByteArray("not-after") << true;
    QTest::newRow("twice") << QByteArray("- not-after=2027-12-01T00:00:00Z "
                                         "not-after=2027-12-01T00:00:00Z")
                           << true;
    QTest::newRow("another error before") << QByteArray("alice name=a name=b not-after=x") << true;
    QTest::newRow("another error after")
        << QByteArray("alice not-after=2020-12-01T00:00:00Z x") << true;
    QTest::newRow("another error only") << QByteArray("alice name=a name=b") << false;
}

// A restriction is never ignored, even if the key is there once more without it.
void tst_Expiry::anInvalidTimeInAListExcludesTheKey()
{
    QFETCH(const QByteArray, rest);
    QFETCH(const bool, isExcluded);
    const QByteArray bad = Z85::encode(keyOf(1)) + ' ' + rest + '\n';
    const QByteArray good = Z85::encode(keyOf(1)) + " alice\n" + Z85::encode(keyOf(2)) + " bob\n";
    for (const QByteArray &contents : {bad + good, good + bad}) {
        const KeyLoad load = parseKeyList(contents, u"keys.list"_s);
        QCOMPARE(load.errors.size(), 1);
        QCOMPARE(!load.keys->find(keyOf(1)), isExcluded);
        QCOMPARE(load.keys->find(keyOf(2))->userId, QByteArrayView("bob"));
        QCOMPARE(load.keys->size(), isExcluded ? 1 : 2);
    }
}

void tst_Expiry::anInvalidTimeInADirectoryExcludesTheKey()
{
    const QTemporaryDir location;
    save(location, u"b.key"_s, certificateOf(1, "2027-01-15T08:00:00Z"));
    KeyDirectory directory(location.path());
    QVERIFY(directory.load().keys->find(keyOf(1)));
    for (const char *name : {"a.key", "c.key", "d.pub"}) { // before and after the valid one
        const QString file = QLatin1StringView(name);
        save(location, file, certificateOf(1, "2027-01-15"));
        KeyLoad load = directory.update({name});
        QVERIFY(!load.keys->find(keyOf(1)));
        QCOMPARE(load.errors.size(), 1);
        QVERIFY(!loadKeyDirectory(location.path(), {}).keys->find(keyOf(1)));
        if (QByteArrayView(name) == "c.key")
            save(location, file, certificateOf(2, "2027-01-15T08:00:00Z"));
        else
            QVERIFY(QFile::remove(location.filePath(file)));
        load = directory.update({name});
        QVERIFY(load.keys->find(keyOf(1)));
        QCOMPARE(load.errors, QList<Problem>());
    }
}

void tst_Expiry::aChangedTimeChangesTheStore()
{
    const QTemporaryDir location;
    const auto save = [&](const QByteArray &notAfter) {
        tst_Expiry::save(location, u"alice.key"_s, certificateOf(1, notAfter));
    };
    save("2027-01-15T08:00:00Z");
    KeyDirectory directory(location.path());
    QCOMPARE(directory.load().keys->find(keyOf(1))->notAfter, Moment);
    save("2027-01-15T07:00:00Z");
    QCOMPARE(directory.update({"alice.key"}).keys->find(keyOf(1))->notAfter, Moment - Hour);
    save("soon");
    QVERIFY(!directory.update({"alice.key"}).keys->find(keyOf(1)));
}

// The slot of the provider lasts until the key has expired, as one with a nested event loop can.
void tst_Expiry::expiresWhileAProviderIsAsked()
{
    configureKey(Moment, true);
    setWall(Moment - Hour);
    decide([](const QZapDecision &decision) {
        setWall(Moment + Hour);
        decision.accept();
    });
    askAsAlice();
    QCOMPARE(m_events, QByteArrayList{"1 400"});
    QCOMPARE(m_reason, Reason);
}

void tst_Expiry::expiresWhileTheUserIdIsAsked()
{
    KeyStore::Builder builder;
    builder.add(bytesOf(keyOf('k')), {});
    builder.setNotAfter(Moment);
    DomainPolicy domain = acceptsAll();
    domain.acceptsAll = false;
    domain.keys = builder.build();
    configure(Mechanism::Curve, domain);
    setWall(Moment - Hour);
    m_userId = [] { return QByteArray("carol"); };
    askAsAlice();
    m_userId = [] {
        setWall(Moment + Hour);
        return QByteArray("carol");
    };
    askAsAlice();
    QCOMPARE(m_events, QByteArrayList({"1 200 carol", "1 400"}));
    QCOMPARE(m_reason, Reason);
}

void tst_Expiry::expiresWhileDeferred()
{
    configureKey(Moment, true);
    setWall(Moment - Hour);
    deferAll();
    askAsAlice();
    QCOMPARE(m_events, QByteArrayList{"waits"});
    setWall(Moment + Hour);
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 400"}));
    QCOMPARE(m_reason, Reason);
}

void tst_Expiry::becomesValidWhileDeferred()
{
    configureKey(Moment, true);
    setWall(Moment - Hour);
    deferAll();
    askAsAlice();
    setWall(Moment + Hour);
    setWall(Moment - Hour);
    QVERIFY(m_decisions.first().accept());
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 200 alice"}));
}

void tst_Expiry::authenticator()
{
    const QTemporaryDir location;
    QFile list(location.filePath(u"keys"_s));
    QVERIFY(list.open(QIODevice::WriteOnly));
    QVERIFY(list.write(Z85::encode(keyOf('k')) + " alice not-after=2027-01-15T08:00:00Z\n") > 0);
    list.close();
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureCurve(u"test"_s, list.fileName()));
    QTRY_VERIFY(authenticator.domain(u"test"_s, Mechanism::Curve)->isReady());
    const auto answer = [&] {
        return authenticator.evaluate(u"test"_s, u"127.0.0.1"_s,
                                      QZapCredentials::curve(keyOf('k')));
    };
    const auto explanation = [&] {
        return authenticator.explain(u"test"_s, u"127.0.0.1"_s, QZapCredentials::curve(keyOf('k')));
    };
    setWall(Moment - Hour);
    QCOMPARE(answer().status(), Status::Success);
    QCOMPARE(answer().userId(), u"alice"_s);
    QVERIFY(explanation().contains(u"The key expires on 2027-01-15T08:00:00Z."_s));
    Clock::advance(2 * Hour * Clock::NanosecondsPerMillisecond);
    QCOMPARE(answer().status(), Status::AuthenticationFailure);
    QCOMPARE(answer().statusText(), QString::fromLatin1(Reason));
    QVERIFY(explanation().contains(u"The key expired on 2027-01-15T08:00:00Z."_s));
    QVERIFY(authenticator.domain(u"test"_s, Mechanism::Curve)->isReady());
    setWall(Moment - Hour);
    QCOMPARE(answer().status(), Status::Success);
}

QTEST_GUILESS_MAIN(tst_Expiry)
#include "tst_expiry.moc"
