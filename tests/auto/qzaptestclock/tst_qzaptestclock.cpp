// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"

#include <QZap/QZap>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestClock>

#include <QtTest/qtest.h>

#include <chrono>
#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Tests the clocks that a test sets.
class tst_QZapTestClock : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void isSet();
    void goesOn();
    void refusesInvalidTimes_data();
    void refusesInvalidTimes();
    void refusesDurations_data();
    void refusesDurations();
    void doesNotAdvanceBeyondItsEnd();
    void expiresKeys();
    void endsLocks();
    void keepsLocksWhenTheWallClockIsSet();

private:
    static bool isNow(const QDateTime &time)
    {
        return qAbs(time.secsTo(QDateTime::currentDateTimeUtc())) < 60;
    }
};

void tst_QZapTestClock::isSet()
{
    const QDateTime time({2040, 2, 29}, {12, 0}, Qt::UTC);
    {
        QZapTestClock clock(time);
        QVERIFY(qAbs(clock.time().secsTo(time)) < 60);
        QCOMPARE(clock.time().timeSpec(), Qt::UTC);
        QVERIFY(clock.setTime(QDateTime({1999, 12, 31}, {0, 0}, Qt::UTC)));
        QCOMPARE(clock.time().date().year(), 1999);
        for (const int year : {1960, 1870, 2150, 2249}) {
            QVERIFY(clock.setTime(QDateTime({year, 7, 1}, {0, 0}, Qt::UTC)));
            QCOMPARE(clock.time().date().year(), year);
        }
        // Local time is converted.
        const QDateTime local({2040, 2, 29}, {12, 0}, Qt::OffsetFromUTC, 3600);
        QVERIFY(clock.setTime(local));
        QCOMPARE(clock.time().time().hour(), 11);
    }
    QVERIFY(isNow(QZapTestClock().time()));
}

void tst_QZapTestClock::goesOn()
{
    QZapTestClock clock(QDateTime({2040, 2, 29}, {12, 0}, Qt::UTC));
    const QDateTime before = clock.time();
    QTRY_VERIFY(clock.time() > before);
    QVERIFY(clock.advance(24h));
    QCOMPARE(clock.time().date(), QDate(2040, 3, 1));
}

void tst_QZapTestClock::refusesInvalidTimes_data()
{
    QTest::addColumn<QDateTime>("time");
    QTest::newRow("invalid") << QDateTime();
    QTest::newRow("after the last year") << QDateTime({2250, 1, 1}, {0, 0}, Qt::UTC);
    QTest::newRow("before the first year") << QDateTime({1869, 12, 31}, {23, 59, 59}, Qt::UTC);
    QTest::newRow("beyond the clock") << QDateTime({9999, 1, 1}, {0, 0}, Qt::UTC);
    QTest::newRow("far before it") << QDateTime({-4000, 1, 1}, {0, 0}, Qt::UTC);
}

void tst_QZapTestClock::refusesInvalidTimes()
{
    QFETCH(const QDateTime, time);
    QZapTestClock clock;
    QVERIFY(!clock.setTime(time));
    QVERIFY(isNow(clock.time()));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^QZapTestClock: the time "_s));
    QVERIFY(isNow(QZapTestClock(time).time()));
}

void tst_QZapTestClock::refusesDurations_data()
{
    QTest::addColumn<qint64>("milliseconds");
    QTest::newRow("negative") << qint64{-1};
    QTest::newRow("more than a century") << qint64{1000} * 3600 * 24 * 36526;
    QTest::newRow("the longest") << std::numeric_limits<qint64>::max();
}

void tst_QZapTestClock::refusesDurations()
{
    QFETCH(const qint64, milliseconds);
    QZapTestClock clock;
    QVERIFY(!clock.advance(std::chrono::milliseconds(milliseconds)));
    QVERIFY(isNow(clock.time()));
}

void tst_QZapTestClock::doesNotAdvanceBeyondItsEnd()
{
    QZapTestClock clock(QDateTime({2249, 12, 30}, {0, 0}, Qt::UTC));
    QVERIFY(clock.advance(24h));
    QVERIFY(!clock.advance(24h));
    QCOMPARE(clock.time().date(), QDate(2249, 12, 31));
}

void tst_QZapTestClock::expiresKeys()
{
    const QZapCertificate key = QZapCertificate::generate();
    const QString list = write(u"keys.list"_s, key.publicKeyText().toLatin1()
                                                   + " turbine-3 not-after=2030-01-01T00:00:00Z\n");
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(test(), list));
    QZapTestClient client(&authenticator);
    const QZapTestRequest turbine = client.curve(key).domain("test");
    QZapTestClock clock(QDateTime({2029, 12, 31}, {23, 50}, Qt::UTC));
    QZAP_COMPARE_USER(turbine, "turbine-3");
    QVERIFY(clock.advance(15min));
    QZAP_VERIFY_REFUSED(turbine);
    QCOMPARE(client.reason(), u"The key has expired"_s);
    QVERIFY(clock.setTime(QDateTime({2029, 12, 31}, {23, 50}, Qt::UTC)));
    QZAP_VERIFY_ACCEPTED(turbine);
}

void tst_QZapTestClock::endsLocks()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    authenticator.lockout()->setMaximumFailures(1);
    authenticator.lockout()->setEnabled(true);
    QZapTestClient client(&authenticator);
    client.setDomain(test());
    QZapTestClock clock;
    QZAP_VERIFY_REFUSED(client.plain("bob", "guess"));
    QZAP_VERIFY_TEMPORARY(client.plain("bob", "secret"));
    QVERIFY(clock.advance(29s));
    QZAP_VERIFY_TEMPORARY(client.plain("bob", "secret"));
    QVERIFY(clock.advance(2s));
    QZAP_VERIFY_ACCEPTED(client.plain("bob", "secret"));
}

// The duration of a lock is measured with the clock that cannot be set.
void tst_QZapTestClock::keepsLocksWhenTheWallClockIsSet()
{
    QZapAuthenticator authenticator(*m_context);
    QVERIFY(configurePlain(authenticator));
    authenticator.lockout()->setMaximumFailures(1);
    authenticator.lockout()->setEnabled(true);
    QZapTestClient client(&authenticator);
    client.setDomain(test());
    QZAP_VERIFY_REFUSED(client.plain("bob", "guess"));
    QZapTestClock clock(QDateTime({2099, 1, 1}, {0, 0}, Qt::UTC));
    QZAP_VERIFY_TEMPORARY(client.plain("bob", "secret"));
    QVERIFY(clock.setTime(QDateTime({1980, 1, 1}, {0, 0}, Qt::UTC)));
    QZAP_VERIFY_TEMPORARY(client.plain("bob", "secret"));
}

QTEST_GUILESS_MAIN(tst_QZapTestClock)
#include "tst_qzaptestclock.moc"
