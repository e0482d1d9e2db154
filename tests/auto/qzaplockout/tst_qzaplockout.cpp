// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "lockouttest.h"
#include "logcollector.h"

#include <QZap/QZap>

#include <QtCore/qpointer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <limits>
#include <type_traits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static_assert(!std::is_constructible_v<QZapLockout>);
static_assert(!std::is_constructible_v<QZapLockout, QObject *>);

// Tests the settings and the list of locked addresses. What counts as a failure is tested by
// tst_lockoutfailures, and the signals by tst_lockoutsignals.
class tst_QZapLockout : public LockoutTest
{
    Q_OBJECT

private Q_SLOTS:
    void isOffByDefault();
    void belongsToItsAuthenticator();
    void refusesSettings_data();
    void refusesSettings();
    void refusesSettingsWhileRunning_data();
    void refusesSettingsWhileRunning();
    void takesDurations();
    void locksAddresses_data();
    void locksAddresses();
    void releasesAddresses_data();
    void releasesAddresses();
    void releasesAllWhenDisabled();
    void exemptsAddresses();
    void staysLockedWhenRestarted_data();
    void staysLockedWhenRestarted();
    void staysLockedWhenResized();
    void endsTheFirstLockIfAllAreLocked();
};

void tst_QZapLockout::isOffByDefault()
{
    const QZapAuthenticator authenticator;
    const QZapLockout &lockout = *authenticator.lockout();
    QVERIFY(!lockout.isEnabled());
    QCOMPARE(lockout.maximumFailures(), 10);
    QCOMPARE(lockout.interval(), 10 * 60 * 1000);
    QCOMPARE(lockout.duration(), 30 * 1000);
    QCOMPARE(lockout.maximumDuration(), 60 * 60 * 1000);
    QCOMPARE(lockout.maximumEntries(), 16384);
    QCOMPARE(lockout.exemptAddresses(), QStringList());
    QCOMPARE(lockout.locked(), QStringList());
    QCOMPARE(lockout.lockedCount(), 0);

    this->lockout().setEnabled(false);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(ask(QByteArray::number(i)), QByteArray("400"));
    QCOMPARE(ask("secret"), QByteArray("200"));
}

void tst_QZapLockout::belongsToItsAuthenticator()
{
    QVERIFY(m_authenticator->lockout()
            == m_authenticator->property("lockout").value<QZapLockout *>());
    const int index = m_authenticator->metaObject()->indexOfProperty("lockout");
    QVERIFY(m_authenticator->metaObject()->property(index).isConstant());
    const QPointer<QZapLockout> guard(m_authenticator->lockout());
    m_authenticator.reset();
    QVERIFY(!guard);
}

void tst_QZapLockout::refusesSettings_data()
{
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QVariant>("invalid");
    QTest::addColumn<QVariant>("valid");
    const auto row = [](const char *title, const char *property, const QVariant &invalid,
                        const QVariant &valid) {
        QTest::newRow(title) << QByteArray(property) << invalid << valid;
    };
    row("no failures", "maximumFailures", 0, 1);
    row("too many failures", "maximumFailures", 101, 100);
    row("no interval", "interval", 0, 1);
    row("negative interval", "interval", -1, std::numeric_limits<int>::max());
    row("no duration", "duration", 0, 1);
    row("negative duration", "duration", -1, std::numeric_limits<int>::max());
    row("no maximum duration", "maximumDuration", 0, 1);
    row("negative maximum duration", "maximumDuration", -1, std::numeric_limits<int>::max());
    row("too few entries", "maximumEntries", 15, 16);
    row("too many entries", "maximumEntries", 1000001, 17);
    row("rubbish address", "exemptAddresses", QStringList({u"10.0.0.1"_s, u"rubbish"_s}),
        QStringList(u"10.0.0.1"_s));
    row("empty address", "exemptAddresses", QStringList(QString()), QStringList());
}

void tst_QZapLockout::refusesSettings()
{
    QFETCH(const QByteArray, property);
    QFETCH(const QVariant, invalid);
    QFETCH(const QVariant, valid);
    const QVariant before = lockout().property(property.constData());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    lockout().setProperty(property.constData(), invalid);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
    QVERIFY(m_authenticator->errorString().startsWith(u"lockout."_s + QString::fromLatin1(property)
                                                      + u": "_s));
    QCOMPARE(lockout().property(property.constData()), before);
    QVERIFY(!m_authenticator->start());
    QCOMPARE(ask("secret"), QByteArray("300"));
    lockout().setProperty(property.constData(), valid);
    QCOMPARE(lockout().property(property.constData()), valid);
    QCOMPARE(ask("secret"), QByteArray("200"));
    QVERIFY(m_authenticator->start());
}

void tst_QZapLockout::refusesSettingsWhileRunning_data()
{
    refusesSettings_data();
}

void tst_QZapLockout::refusesSettingsWhileRunning()
{
    QFETCH(const QByteArray, property);
    QFETCH(const QVariant, invalid);
    const QVariant before = lockout().property(property.constData());
    QVERIFY(m_authenticator->start());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    lockout().setProperty(property.constData(), invalid);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(lockout().property(property.constData()), before);
    QCOMPARE(ask("secret"), QByteArray("200"));
    m_authenticator->stop();
    QVERIFY(m_authenticator->start());
}

void tst_QZapLockout::takesDurations()
{
    QSignalSpy changed(&lockout(), &QZapLockout::intervalChanged);
    lockout().setInterval(2min);
    QCOMPARE(lockout().interval(), 120'000);
    lockout().setInterval(120'000);
    QCOMPARE(changed.count(), 1);
    lockout().setInterval(std::chrono::hours(24 * 365));
    QCOMPARE(lockout().interval(), std::numeric_limits<int>::max());
    lockout().setDuration(2s);
    QCOMPARE(lockout().duration(), 2'000);
    lockout().setMaximumDuration(3s);
    QCOMPARE(lockout().maximumDuration(), 3'000);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    lockout().setDuration(std::chrono::milliseconds::min());
    QCOMPARE(errors.count(), 1);
    QCOMPARE(lockout().duration(), 2'000);
}

void tst_QZapLockout::locksAddresses_data()
{
    QTest::addColumn<QByteArrayList>("attackers");
    QTest::addColumn<QByteArrayList>("locked");
    QTest::addColumn<QByteArrayList>("free");
    QTest::addColumn<QStringList>("texts");
    using List = QByteArrayList;
    QTest::newRow("IPv4") << List{"10.0.0.1"} << List{"10.0.0.1", "::ffff:10.0.0.1"}
                          << List{"10.0.0.2", "::1", "localhost:0:0:1"}
                          << QStringList(u"10.0.0.1"_s);
    QTest::newRow("IPv6 /64") << List{"2001:db8::1"} << List{"2001:db8::1", "2001:db8::ffff:1"}
                              << List{"2001:db8:0:1::1", "10.0.0.1"}
                              << QStringList(u"2001:db8::/64"_s);
    QTest::newRow("IPv6 /48") << List{"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1",
                                      "2001:db8:0:4::1"}
                              << List{"2001:db8:0:1::1", "2001:db8:0:ffff::1"}
                              << List{"2001:db8:1::1", "10.0.0.1"}
                              << QStringList({u"2001:db8:0:1::/64"_s, u"2001:db8:0:2::/64"_s,
                                              u"2001:db8:0:3::/64"_s, u"2001:db8:0:4::/64"_s,
                                              u"2001:db8::/48"_s});
    QTest::newRow("IPC user") << List{"localhost:1000:100:7"}
                              << List{"localhost:1000:100:7", "localhost:1000:100:8"}
                              << List{"localhost:1001:100:7", "127.0.0.1"}
                              << QStringList(u"ipc:uid=1000"_s);
    QTest::newRow("no address") << List{"rubbish"} << List{"rubbish", ""} << List{"10.0.0.1"}
                                << QStringList(u"unknown"_s);
}

void tst_QZapLockout::locksAddresses()
{
    QFETCH(const QByteArrayList, attackers);
    QFETCH(const QByteArrayList, locked);
    QFETCH(const QByteArrayList, free);
    QFETCH(const QStringList, texts);
    int password = 0;
    for (const QByteArray &address : attackers) {
        for (int i = 0; i < 3; ++i)
            QCOMPARE(ask(QByteArray::number(++password), address), QByteArray("400"));
    }
    for (const QByteArray &address : locked)
        QCOMPARE(ask("secret", address), QByteArray("000"));
    for (const QByteArray &address : free)
        QCOMPARE(ask("secret", address), QByteArray("200"));
    QStringList sorted = lockout().locked();
    sorted.sort();
    QCOMPARE(sorted, texts);
    QCOMPARE(lockout().lockedCount(), texts.size());
    for (const QString &text : texts)
        QVERIFY(lockout().remainingTime(text) > 0);
    QCOMPARE(lockout().remainingTime(u"192.0.2.1"_s), -1);
    QCOMPARE(lockout().remainingTime(u"rubbish"_s), -1);
}

void tst_QZapLockout::releasesAddresses_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QStringList>("locked");
    QTest::newRow("IPv4") << u"10.0.0.1"_s << QStringList({u"2001:db8::/64"_s, u"unknown"_s});
    QTest::newRow("subnet") << u"10.0.0.0/8"_s << QStringList({u"2001:db8::/64"_s, u"unknown"_s});
    QTest::newRow("IPv6") << u"2001:db8::1"_s << QStringList({u"10.0.0.1"_s, u"unknown"_s});
    QTest::newRow("unknown") << u"unknown"_s << QStringList({u"10.0.0.1"_s, u"2001:db8::/64"_s});
    const QStringList all({u"10.0.0.1"_s, u"2001:db8::/64"_s, u"unknown"_s});
    QTest::newRow("not locked") << u"10.0.0.2"_s << all;
    QTest::newRow("rubbish") << u"rubbish"_s << all;
    QTest::newRow("empty") << QString() << all;
}

void tst_QZapLockout::releasesAddresses()
{
    QFETCH(const QString, address);
    QFETCH(const QStringList, locked);
    QSignalSpy released(&lockout(), &QZapLockout::released);
    lock("10.0.0.1");
    lock("2001:db8::1");
    lock("");
    QCOMPARE(lockout().releaseAddress(address), locked.size() < 3);
    QStringList left = lockout().locked();
    left.sort();
    QCOMPARE(left, locked);
    QTRY_COMPARE(released.count(), 3 - locked.size());
}

void tst_QZapLockout::releasesAllWhenDisabled()
{
    QSignalSpy released(&lockout(), &QZapLockout::released);
    QSignalSpy enabled(&lockout(), &QZapLockout::enabledChanged);
    lock("10.0.0.1");
    lock("10.0.0.2");
    lockout().setEnabled(false);
    lockout().setEnabled(false);
    QCOMPARE(enabled.count(), 1);
    QCOMPARE(lockout().lockedCount(), 0);
    QCOMPARE(ask("secret"), QByteArray("200"));
    QTRY_COMPARE(released.count(), 2);
    lockout().setEnabled(true);
    lock("10.0.0.1"); // the exempt credentials were forgotten as well
    QCOMPARE(ask("secret"), QByteArray("000"));
}

void tst_QZapLockout::exemptsAddresses()
{
    QSignalSpy released(&lockout(), &QZapLockout::released);
    lock("10.0.0.1");
    lock("10.1.0.1");
    lockout().setExemptAddresses({u"10.0.0.0/16"_s, u"ipc:uid=1000"_s});
    QCOMPARE(lockout().locked(), QStringList(u"10.1.0.1"_s));
    QTRY_COMPARE(released.count(), 1);
    for (int i = 0; i < 50; ++i) {
        QCOMPARE(ask(QByteArray::number(i), "10.0.0.1"), QByteArray("400"));
        QCOMPARE(ask(QByteArray::number(i), "localhost:1000:100:7"), QByteArray("400"));
    }
    lockout().setExemptAddresses({});
    lock("10.0.0.1"); // counts from zero
}

void tst_QZapLockout::staysLockedWhenRestarted_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_QZapLockout::staysLockedWhenRestarted()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask("secret"), QByteArray("200"));
    lock();
    m_authenticator->stop();
    QCOMPARE(ask("other"), QByteArray("000"));
    m_authenticator->setWorkerThread(!workerThread);
    QVERIFY(m_authenticator->start());
    QCOMPARE(ask("other"), QByteArray("000"));
    QCOMPARE(ask("secret"), QByteArray("200")); // exempt
}

void tst_QZapLockout::staysLockedWhenResized()
{
    lock();
    ask("1", "10.0.0.2");
    ask("2", "10.0.0.2");
    lockout().setMaximumEntries(64);
    lockout().setMaximumFailures(2);
    QCOMPARE(ask("secret"), QByteArray("000"));
    QCOMPARE(ask("secret", "10.0.0.2"), QByteArray("200"));
    QCOMPARE(ask("3", "10.0.0.2"), QByteArray("400"));
    QCOMPARE(ask("4", "10.0.0.2"), QByteArray("000"));
}

void tst_QZapLockout::endsTheFirstLockIfAllAreLocked()
{
    const LogCollector log;
    QLoggingCategory::setFilterRules(u"qzap.info=true"_s);
    lockout().setMaximumEntries(16); // eight for IPv4
    for (int i = 1; i <= 8; ++i)
        lock("10.0.0." + QByteArray::number(i));
    QCOMPARE(lockout().lockedCount(), 8);
    QStringList released;
    connect(&lockout(), &QZapLockout::released, this,
            [&](const QString &address) { released += address; });
    QCOMPARE(ask("1", "10.0.0.9"), QByteArray("400"));
    QTRY_COMPARE(released.size(), 1);
    QVERIFY(!lockout().locked().contains(released.first()));
    QCOMPARE(lockout().lockedCount(), 7);
    lock("10.0.0.10");
    lock("10.0.0.11");
    QTRY_COMPARE(released.size(), 2);
    QCOMPARE(log.count(u"is full"_s), 1);
}

QTEST_GUILESS_MAIN(tst_QZapLockout)
#include "tst_qzaplockout.moc"
