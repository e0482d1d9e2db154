// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/singleshottimer.h"
#include "base/tsanhandover.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <functional>
#include <memory>

using namespace QZap::Internal;
using namespace std::chrono_literals;

// Tests that a timer does not depend on one event loop.
class tst_SingleShotTimer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsOnce();
    void isStopped();
    void startsAgainInItsFunction();
    void isDeletedInItsFunction();
    void movesToAnotherThread_data();
    void movesToAnotherThread();
    void continuesWithTheNextEventLoop_data();
    void continuesWithTheNextEventLoop();

private:
    static qsizetype registered(SingleShotTimer *timer)
    {
        return QAbstractEventDispatcher::instance()->registeredTimers(timer).size();
    }
};

void tst_SingleShotTimer::callsOnce()
{
    int calls = 0;
    SingleShotTimer timer(this, [&] { ++calls; });
    QVERIFY(!timer.isActive());
    timer.start(1h);
    QCOMPARE(registered(&timer), 1);
    timer.start(1ms); // the last call counts
    QVERIFY(timer.isActive());
    QCOMPARE(registered(&timer), 1);
    QTRY_COMPARE(calls, 1);
    QVERIFY(!timer.isActive());
    QCOMPARE(registered(&timer), 0);
}

void tst_SingleShotTimer::isStopped()
{
    bool isCalled = false;
    SingleShotTimer timer(this, [&] { isCalled = true; });
    timer.start(0ms);
    timer.stop();
    timer.stop();
    QVERIFY(!timer.isActive());
    QCoreApplication::processEvents();
    QVERIFY(!isCalled);
    QCOMPARE(registered(&timer), 0);
}

void tst_SingleShotTimer::startsAgainInItsFunction()
{
    int calls = 0;
    SingleShotTimer *self = nullptr;
    SingleShotTimer timer(this, [&] {
        if (++calls < 3)
            self->start(1ms, Qt::PreciseTimer);
    });
    self = &timer;
    timer.start(0ms);
    QTRY_COMPARE(calls, 3);
    QVERIFY(!timer.isActive());
}

void tst_SingleShotTimer::isDeletedInItsFunction()
{
    std::unique_ptr<SingleShotTimer> timer;
    timer = std::make_unique<SingleShotTimer>(nullptr, [&] { timer.reset(); });
    timer->start(0ms);
    QTRY_VERIFY(!timer);
}

void tst_SingleShotTimer::movesToAnotherThread_data()
{
    QTest::addColumn<bool>("isActive");
    QTest::newRow("active") << true;
    QTest::newRow("stopped immediately after the move") << false;
}

void tst_SingleShotTimer::movesToAnotherThread()
{
    QFETCH(const bool, isActive);
    QThread thread;
    QThread *calledIn = nullptr;
    QObject owner;
    SingleShotTimer timer(&owner, [&] { calledIn = QThread::currentThread(); });
    timer.start(1h);
    owner.moveToThread(&thread);
    if (!isActive)
        timer.stop();
    thread.start();
    // Events that were posted before have arrived.
    const auto back = [&] { owner.moveToThread(qApp->thread()); };
    QMetaObject::invokeMethod(&owner, HandedOver(back), Qt::BlockingQueuedConnection);
    thread.quit();
    QVERIFY(thread.wait());
    QCoreApplication::processEvents();
    QCOMPARE(registered(&timer), isActive ? 1 : 0);
    timer.start(0ms);
    QTRY_COMPARE(calledIn, QThread::currentThread());
    QCOMPARE(registered(&timer), 0);
}

void tst_SingleShotTimer::continuesWithTheNextEventLoop_data()
{
    QTest::addColumn<bool>("startsBetween");
    QTest::newRow("started before the event loop ended") << false;
    QTest::newRow("started while there was none") << true;
}

// The thread is started again.
void tst_SingleShotTimer::continuesWithTheNextEventLoop()
{
    QFETCH(const bool, startsBetween);
    QThread thread;
    std::atomic<int> calls{0};
    auto *const timer = new SingleShotTimer(nullptr, [&] { ++calls; });
    timer->moveToThread(&thread);
    const auto inThread = [&](const std::function<void()> &code) {
        QMetaObject::invokeMethod(timer, HandedOver(code), Qt::BlockingQueuedConnection);
    };
    thread.start();
    inThread([&] { timer->start(1h); });
    thread.quit();
    QVERIFY(thread.wait());
    QVERIFY(timer->isActive());
    if (startsBetween)
        timer->start(0ms);
    thread.start();
    if (!startsBetween) {
        inThread([&] {
            QCOMPARE(registered(timer), 1);
            timer->start(0ms);
        });
    }
    QTRY_COMPARE(calls, 1);
    connect(&thread, &QThread::finished, timer, &QObject::deleteLater);
    thread.quit();
    QVERIFY(thread.wait());
}

QTEST_GUILESS_MAIN(tst_SingleShotTimer)
#include "tst_singleshottimer.moc"
