// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/deliveryschedule.h"

#include "base/tsanhandover.h"

#include "eventlooprest.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

using namespace QZap::Internal;
using namespace std::chrono_literals;

class tst_DeliverySchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void deliversAtOnceWhenQuiet();
    void deliversOnceAnInterval();
    void becomesQuietAgain();
    void wakesItsThreadOncePerInterval();
    void deliversARequestInTheNextTurn();
    void deliversTheRestInLaterTurns();
    void deliversInANestedEventLoop_data();
    void deliversInANestedEventLoop();
    void isDeletedInADelivery_data();
    void isDeletedInADelivery();
    void followsItsParentToAnotherThread_data();
    void followsItsParentToAnotherThread();
    void continuesWhenItsThreadIsRestarted();
    void canBeDestroyedAfterItsThreadHasEnded();
    void deliversWithoutAnEventDispatcher();

private:
    void announceAndDeliver()
    {
        m_schedule->announce();
        QCoreApplication::processEvents();
    }
    static bool inThread(QThread &thread, const std::function<void()> &function);
    static bool waitFor(QThread &thread)
    {
        const bool hasEnded = thread.wait();
        takeOver();
        return hasEnded;
    }

    std::unique_ptr<QObject> m_parent;
    DeliverySchedule *m_schedule = nullptr;
    std::function<bool()> m_deliver; // returns whether more reports remain
    std::atomic<int> m_deliveries{0};
    std::atomic<QThread *> m_thread{nullptr}; // of the last delivery
};

void tst_DeliverySchedule::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_deliveries = 0;
    m_deliver = [] { return false; };
    m_parent = std::make_unique<QObject>();
    m_schedule = new DeliverySchedule(m_parent.get(), [this] {
        ++m_deliveries;
        m_thread = QThread::currentThread();
        return m_deliver();
    });
}

void tst_DeliverySchedule::cleanup()
{
    m_parent.reset();
}

// Calls the function in the running thread.
bool tst_DeliverySchedule::inThread(QThread &thread, const std::function<void()> &function)
{
    QObject receiver;
    receiver.moveToThread(&thread);
    const auto call = [&] {
        function();
        receiver.moveToThread(nullptr);
    };
    handOver();
    const bool isCalled =
        QMetaObject::invokeMethod(&receiver, HandedOver(call), Qt::BlockingQueuedConnection);
    takeOver();
    return isCalled;
}

void tst_DeliverySchedule::deliversAtOnceWhenQuiet()
{
    m_schedule->announce();
    QCOMPARE(m_deliveries, 0); // never during the call
    QCoreApplication::processEvents();
    QCOMPARE(m_deliveries, 1);
}

void tst_DeliverySchedule::deliversOnceAnInterval()
{
    QElapsedTimer clock;
    clock.start();
    announceAndDeliver();
    constexpr int Deliveries = 10;
    while (m_deliveries < Deliveries && clock.elapsed() < 5000)
        announceAndDeliver();
    QCOMPARE(m_deliveries, Deliveries);
    // Timers of Qt may be a millisecond early.
    QVERIFY(clock.elapsed() >= (Deliveries - 1) * (DeliverySchedule::Interval.count() - 1));
}

void tst_DeliverySchedule::becomesQuietAgain()
{
    announceAndDeliver();
    QTRY_VERIFY(comesToRest(m_parent.get()));
    QCOMPARE(m_deliveries, 1);
    announceAndDeliver();
    QCOMPARE(m_deliveries, 2);
}

void tst_DeliverySchedule::wakesItsThreadOncePerInterval()
{
    std::atomic<int> announced{0};
    int delivered = 0;
    m_deliver = [&] {
        delivered = announced;
        return false;
    };
    QElapsedTimer clock;
    clock.start();
    std::thread other([&] {
        for (int i = 0; i < 2000; ++i) {
            ++announced;
            m_schedule->announce();
            std::this_thread::sleep_for(10us);
        }
    });
    [&] { QTRY_COMPARE(delivered, 2000); }();
    const auto intervals = clock.elapsed() / (DeliverySchedule::Interval.count() - 1) + 2;
    other.join();
    QCOMPARE(delivered, 2000);
    QVERIFY2(m_deliveries <= intervals, QByteArray::number(m_deliveries).constData());
}

void tst_DeliverySchedule::deliversARequestInTheNextTurn()
{
    announceAndDeliver();
    for (int i = 0; i < 100; ++i) {
        const int before = m_deliveries;
        m_schedule->request();
        m_schedule->request();
        QCOMPARE(m_deliveries, before);
        QCoreApplication::processEvents();
        QVERIFY(m_deliveries > before);
    }
}

void tst_DeliverySchedule::deliversTheRestInLaterTurns()
{
    constexpr int Parts = 1000;
    int left = Parts;
    m_deliver = [&left] { return --left > 0; };
    announceAndDeliver();
    for (int i = 0; i < Parts && left > 0; ++i)
        QCoreApplication::processEvents(); // one turn for each delivery, regardless of the interval
    QCOMPARE(left, 0);
    QVERIFY(m_deliveries >= Parts);
}

void tst_DeliverySchedule::deliversInANestedEventLoop_data()
{
    QTest::addColumn<int>("depth"); // the number of the delivery that runs an event loop
    QTest::newRow("by the event") << 1;
    QTest::newRow("by the timer") << 2;
}

void tst_DeliverySchedule::deliversInANestedEventLoop()
{
    QFETCH(const int, depth);
    bool isNested = false;
    m_deliver = [&] {
        if (m_deliveries == depth) {
            m_schedule->announce();
            [&] { QTRY_COMPARE(m_deliveries, depth + 1); }();
            m_schedule->announce();
            [&] { QTRY_COMPARE(m_deliveries, depth + 2); }();
            isNested = true;
        }
        return false;
    };
    for (int i = 0; i < depth; ++i)
        announceAndDeliver();
    QTRY_VERIFY(isNested);
    m_schedule->announce();
    QTRY_COMPARE(m_deliveries, depth + 3);
}

void tst_DeliverySchedule::isDeletedInADelivery_data()
{
    deliversInANestedEventLoop_data();
}

void tst_DeliverySchedule::isDeletedInADelivery()
{
    QFETCH(const int, depth);
    m_deliver = [&] {
        if (m_deliveries == depth)
            m_parent.reset();
        return false;
    };
    for (int i = 0; i < depth; ++i)
        announceAndDeliver();
    QTRY_VERIFY(!m_parent);
    QCoreApplication::processEvents();
    QCOMPARE(m_deliveries, depth);
}

void tst_DeliverySchedule::followsItsParentToAnotherThread_data()
{
    QTest::addColumn<bool>("isAnnounced");
    QTest::newRow("in an interval") << false;
    QTest::newRow("in an interval, with news") << true;
}

void tst_DeliverySchedule::followsItsParentToAnotherThread()
{
    QFETCH(const bool, isAnnounced);
    QThread thread;
    announceAndDeliver();
    if (isAnnounced)
        m_schedule->announce();
    m_parent->moveToThread(&thread);
    handOver();
    thread.start();
    if (!isAnnounced)
        m_schedule->announce();
    QTRY_COMPARE(m_thread, &thread);
    for (int i = 0; i < 3; ++i) {
        const int before = m_deliveries;
        m_schedule->announce();
        QTRY_VERIFY(m_deliveries > before);
        QCOMPARE(m_thread, &thread);
    }
    QVERIFY(inThread(thread, [this] { m_parent.reset(); }));
    thread.quit();
    QVERIFY(waitFor(thread));
}

void tst_DeliverySchedule::continuesWhenItsThreadIsRestarted()
{
    QThread thread;
    m_parent->moveToThread(&thread);
    for (int i = 0; i < 3; ++i) {
        handOver();
        thread.start();
        const int before = m_deliveries;
        m_schedule->announce();
        QTRY_VERIFY(m_deliveries > before);
        m_schedule->announce(); // the timer is lost with the event loop
        thread.quit();
        QVERIFY(waitFor(thread));
        const int atEnd = m_deliveries;
        m_schedule->announce();
        handOver();
        thread.start();
        QTRY_VERIFY(m_deliveries > atEnd);
        QVERIFY(inThread(thread, [] {}));
        thread.quit();
        QVERIFY(waitFor(thread));
    }
}

void tst_DeliverySchedule::canBeDestroyedAfterItsThreadHasEnded()
{
    QThread thread;
    m_parent->moveToThread(&thread);
    handOver();
    thread.start();
    m_deliver = [&thread] {
        thread.quit(); // before the interval ends
        return false;
    };
    m_schedule->announce();
    QVERIFY(waitFor(thread));
    QVERIFY(m_deliveries > 0);
    m_parent.reset(); // a running timer would cause a warning
}

// Without an event dispatcher, no timer can end an interval.
void tst_DeliverySchedule::deliversWithoutAnEventDispatcher()
{
    std::thread thread([this] {
        QObject parent;
        int deliveries = 0;
        DeliverySchedule schedule(&parent, [&deliveries] {
            ++deliveries;
            return false;
        });
        for (int i = 1; i <= 3; ++i) {
            schedule.announce();
            QCoreApplication::sendPostedEvents(&schedule);
            QCOMPARE(deliveries, i);
        }
        m_deliveries = deliveries;
    });
    thread.join();
    QCOMPARE(m_deliveries, 3);
}

QTEST_GUILESS_MAIN(tst_DeliverySchedule)
#include "tst_deliveryschedule.moc"
