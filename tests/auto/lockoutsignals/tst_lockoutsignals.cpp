// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "lockouttest.h"
#include "logcollector.h"
#include "zapclient.h"

#include <QZap/QZap>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>

using namespace Qt::StringLiterals;

// Tests when the signals of QZapLockout are emitted, and how many.
class tst_LockoutSignals : public LockoutTest
{
    Q_OBJECT

private Q_SLOTS:
    void doublesTheDuration();
    void emitsFromTheEventLoop_data();
    void emitsFromTheEventLoop();
    void releasesByTime();
    void boundsNotificationsInAFlood();
    void countsUnreportedEvents();
    void logsTheZoneOfAnAddress();
    void followsItsAuthenticatorToAnotherThread();
    void isDeletedInItsSlot_data();
    void isDeletedInItsSlot();
};

void tst_LockoutSignals::doublesTheDuration()
{
    QSignalSpy lockedOut(&lockout(), &QZapLockout::lockedOut);
    lockout().setDuration(20);
    lockout().setMaximumDuration(70);
    lockout().setInterval(60'000);
    for (const int duration : {20, 40, 70, 70}) {
        // Uses no more requests than necessary: an answer 000 would take part of the short lock.
        for (int i = 1; i <= 3; ++i)
            QCOMPARE(ask(QByteArray::number(i)), QByteArray("400"));
        QTRY_COMPARE(lockedOut.count(), 1);
        QCOMPARE(lockedOut.takeFirst().at(1).toInt(), duration);
        QTRY_COMPARE(lockout().lockedCount(), 0);
    }
}

void tst_LockoutSignals::emitsFromTheEventLoop_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_LockoutSignals::emitsFromTheEventLoop()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    QSignalSpy lockedOut(&lockout(), &QZapLockout::lockedOut);
    QSignalSpy released(&lockout(), &QZapLockout::released);
    QSignalSpy count(&lockout(), &QZapLockout::lockedCountChanged);
    QSignalSpy list(&lockout(), &QZapLockout::lockedChanged);
    QSignalSpy rejected(m_authenticator.get(), &QZapAuthenticator::rejected);
    QVERIFY(m_authenticator->start());
    connect(&lockout(), &QZapLockout::lockedOut, this,
            [] { QCOMPARE(QThread::currentThread(), qApp->thread()); });
    lock();
    if (!workerThread)
        QCOMPARE(lockedOut.count(), 0);
    QTRY_COMPARE(lockedOut.count(), 1);
    QCOMPARE(lockedOut.first(), QVariantList({u"10.0.0.1"_s, 30'000}));
    QTRY_COMPARE(count.count(), 1);
    QCOMPARE(list.count(), 1);
    QCOMPARE(lockout().lockedCount(), 1);
    QTRY_COMPARE(rejected.count(), 4);
    const QString reason = rejected.last().at(1).toString();
    QVERIFY2(reason == u"The address is locked out for 30 s"_s, qPrintable(reason));
    QCOMPARE(m_authenticator->rejectedCount(), 3);
    QCOMPARE(m_authenticator->temporaryCount(), 1);

    QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QCOMPARE(lockout().lockedCount(), 0);
    QCOMPARE(released.count(), 0);
    QTRY_COMPARE(released.count(), 1);
    QCOMPARE(released.first(), QVariantList({u"10.0.0.1"_s}));
    QTRY_COMPARE(count.count(), 2);
    QCOMPARE(ask("secret"), QByteArray("200"));
}

void tst_LockoutSignals::releasesByTime()
{
    lockout().setDuration(50);
    QSignalSpy released(&lockout(), &QZapLockout::released);
    for (int i = 1; i <= 3; ++i)
        QCOMPARE(ask(QByteArray::number(i)), QByteArray("400"));
    // The timer ends the lock: no request is sent meanwhile.
    QTRY_COMPARE(released.count(), 1);
    QCOMPARE(released.first(), QVariantList({u"10.0.0.1"_s}));
    QCOMPARE(lockout().locked(), QStringList());
    QCOMPARE(ask("secret"), QByteArray("200"));
}

void tst_LockoutSignals::boundsNotificationsInAFlood()
{
    lockout().setMaximumFailures(1);
    QVERIFY(m_authenticator->start());
    QSignalSpy lockedOut(&lockout(), &QZapLockout::lockedOut);
    int notifications = 0;
    QElapsedTimer time;
    time.start();
    connect(&lockout(), &QZapLockout::lockedChanged, this, [&] { ++notifications; });
    ZapClient client(*m_context);
    constexpr int Addresses = 1000;
    for (int i = 0; i < Addresses; ++i) {
        const QByteArray address =
            "10.0." + QByteArray::number(i / 250) + '.' + QByteArray::number(i % 250);
        client.send(ZapClient::request("PLAIN", {"bob", "wrong"}, "test", address));
    }
    QTRY_COMPARE(lockedOut.count(), Addresses);
    QTRY_VERIFY(notifications > 0);
    QVERIFY(notifications <= 1 + time.elapsed() / 100);
    // The last change is notified as well.
    const int before = notifications;
    QVERIFY(lockout().releaseAddress(u"0.0.0.0/0"_s));
    QTRY_VERIFY(notifications > before);
    QCOMPARE(lockout().lockedCount(), 0);
}

void tst_LockoutSignals::countsUnreportedEvents()
{
    const LogCollector log;
    QLoggingCategory::setFilterRules(u"qzap.info=true"_s);
    lockout().setMaximumFailures(1);
    QSignalSpy lockedOut(&lockout(), &QZapLockout::lockedOut);
    constexpr int Addresses = 1100; // more than 1,024 events, without an event loop
    for (int i = 0; i < Addresses; ++i)
        ask("wrong", "10.0." + QByteArray::number(i / 250) + '.' + QByteArray::number(i % 250));
    QTRY_COMPARE(lockedOut.count(), 1024);
    QTRY_COMPARE(log.count(u"76 lockouts and releases were not reported"_s), 1);
    QCOMPARE(lockout().lockedCount(), Addresses);
    QVERIFY(log.count(u"is locked out for"_s) <= 30);
    QTRY_COMPARE(log.count(u"more lockouts and releases were not logged"_s), 1);
}

// The number of the zone does not count as a place in the text.
void tst_LockoutSignals::logsTheZoneOfAnAddress()
{
    const LogCollector log;
    QLoggingCategory::setFilterRules(u"qzap.info=true"_s);
    lock("fe80::1%1");
    QTRY_COMPARE(log.count(u"fe80::1%1 is locked out for 30 s"_s), 1);
}

void tst_LockoutSignals::followsItsAuthenticatorToAnotherThread()
{
    QThread thread;
    lockout().setDuration(200);
    std::atomic<bool> isReleasedThere{false};
    connect(
        &lockout(), &QZapLockout::released, &lockout(),
        [&] { isReleasedThere = QThread::currentThread() == &thread; }, Qt::DirectConnection);
    for (int i = 1; i <= 3; ++i)
        ask(QByteArray::number(i));
    QCoreApplication::processEvents(); // starts the timer
    m_authenticator->moveToThread(&thread);
    thread.start();
    QTRY_VERIFY(isReleasedThere);
    QZapAuthenticator *const authenticator = m_authenticator.release();
    QMetaObject::invokeMethod(
        authenticator, [authenticator] { delete authenticator; }, Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_LockoutSignals::isDeletedInItsSlot_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("lockedOut") << 0;
    QTest::newRow("released") << 1;
    QTest::newRow("lockedChanged") << 2;
    QTest::newRow("lockedCountChanged") << 3;
}

void tst_LockoutSignals::isDeletedInItsSlot()
{
    QFETCH(const int, signal);
    const auto remove = [this] { m_authenticator.reset(); };
    if (signal == 0)
        connect(&lockout(), &QZapLockout::lockedOut, this, remove);
    else if (signal == 1)
        connect(&lockout(), &QZapLockout::released, this, remove);
    else if (signal == 2)
        connect(&lockout(), &QZapLockout::lockedChanged, this, remove);
    else
        connect(&lockout(), &QZapLockout::lockedCountChanged, this, remove);
    lock();
    if (signal == 1)
        QVERIFY(lockout().releaseAddress(u"10.0.0.1"_s));
    QTRY_VERIFY(!m_authenticator);
}

QTEST_GUILESS_MAIN(tst_LockoutSignals)
#include "tst_lockoutsignals.moc"
