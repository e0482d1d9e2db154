// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/tsanhandover.h"
#include "engine/waiting/pendingrequests.h"
#include "engine/waiting/turnqueue.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace std::chrono_literals;

// Tests requests that wait, their deadlines, and their turns.
class tst_PendingRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEachDeadline();
    void postponesADeadline();
    void movesToAnotherThread();
    void aRefusalIsDueAfterEachMultipleOfItsTime();
    void aRefusalIsDueBeforeTheDecisionTimesOut();
    void takesTurnsInOrder();
    void skipsRequestsThatNoLongerWait();
};

void tst_PendingRequests::reportsEachDeadline()
{
    QSet<quint64> expired;
    PendingRequests pending(nullptr, [&](quint64 id) {
        QVERIFY(pending.take(id));
        expired.insert(id);
    });
    constexpr int Count = 500;
    // The timer has a resolution of milliseconds; most of these deadlines are between two
    // milliseconds.
    for (int i = 0; i < Count; ++i) {
        PendingRequest request;
        request.deadline = QDeadlineTimer(10ms + i * 130us, Qt::PreciseTimer);
        pending.add(pending.nextId(), std::move(request));
    }
    QTRY_COMPARE(expired.size(), Count);
    QVERIFY(pending.isEmpty());
}

void tst_PendingRequests::postponesADeadline()
{
    QList<quint64> expired;
    PendingRequests pending(nullptr, [&](quint64 id) {
        QVERIFY(pending.take(id));
        expired.append(id);
    });
    const quint64 first = pending.nextId();
    const quint64 second = pending.nextId();
    for (const quint64 id : {first, second}) {
        PendingRequest request;
        request.deadline = QDeadlineTimer(id == first ? 1ms : 50ms);
        pending.add(id, std::move(request));
    }
    pending.setDeadline(first, QDeadlineTimer(QDeadlineTimer::Forever));
    QTRY_COMPARE(expired, QList<quint64>{second});
    QCOMPARE(pending.all(), QList<quint64>{first});
    pending.setDeadline(first, QDeadlineTimer(1ms));
    QTRY_COMPARE(expired, (QList<quint64>{second, first}));
}

void tst_PendingRequests::movesToAnotherThread()
{
    QThread thread;
    thread.start();
    QSet<quint64> expired;
    PendingRequests pending(nullptr, [&](quint64 id) {
        QVERIFY(pending.take(id));
        expired.insert(id);
    });
    const auto add = [&pending](std::chrono::milliseconds limit) {
        PendingRequest request;
        request.deadline = QDeadlineTimer(limit);
        pending.add(pending.nextId(), std::move(request));
    };
    add(100ms);
    pending.moveToThread(&thread);
    QMetaObject::invokeMethod(&pending, HandedOver([&] { pending.moveToThread(qApp->thread()); }),
                              Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
    add(10ms); // before the next turn of the event loop
    QCoreApplication::processEvents();
    // A timer that is registered later would fire at a deleted object.
    SingleShotTimer *timer = nullptr;
    for (QObject *const child : pending.children()) {
        if (auto *const found = dynamic_cast<SingleShotTimer *>(child))
            timer = found;
    }
    QVERIFY(timer && timer->isActive());
    QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(timer).size(), 1);
    QTRY_COMPARE(expired.size(), 2);
    QVERIFY(!timer->isActive());
    QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(timer).size(), 0);
}

void tst_PendingRequests::aRefusalIsDueAfterEachMultipleOfItsTime()
{
    PendingRequest::Refusal refusal{std::chrono::steady_clock::now() - 25s, 10s,
                                    QDeadlineTimer(QDeadlineTimer::Forever)};
    const qint64 first = refusal.nextDeadline().remainingTime();
    QVERIFY2(first > 0 && first <= 5000, qPrintable(QString::number(first)));
    refusal.start -= 10s;
    const qint64 next = refusal.nextDeadline().remainingTime();
    QVERIFY2(next > 0 && next <= 5000, qPrintable(QString::number(next)));
}

void tst_PendingRequests::aRefusalIsDueBeforeTheDecisionTimesOut()
{
    const QDeadlineTimer decision(100s);
    const PendingRequest::Refusal refusal{std::chrono::steady_clock::now(), 1000s, decision};
    QCOMPARE(refusal.nextDeadline(), decision);
}

void tst_PendingRequests::takesTurnsInOrder()
{
    PendingRequests pending(nullptr, {});
    TurnQueue turns(&pending);
    QVERIFY(turns.isEmpty());
    QVERIFY(!turns.take());
    for (const char *const user : {"alice", "bob"}) {
        PendingRequest request;
        request.userId = user;
        turns.add(std::move(request));
    }
    QCOMPARE(pending.ids(PendingRequest::Reason::Turn).size(), 2);
    for (const char *const user : {"alice", "bob"}) {
        QVERIFY(!turns.isEmpty());
        QCOMPARE(turns.take()->userId, QByteArray(user));
    }
    QVERIFY(turns.isEmpty());
    QVERIFY(pending.isEmpty());
}

void tst_PendingRequests::skipsRequestsThatNoLongerWait()
{
    PendingRequests pending(nullptr, {});
    TurnQueue turns(&pending);
    for (const char *const user : {"alice", "bob", "carol"}) {
        PendingRequest request;
        request.userId = user;
        turns.add(std::move(request));
    }
    const QList<quint64> ids = pending.all();
    QVERIFY(pending.take(ids[0]));
    QVERIFY(pending.take(ids[2]));
    QCOMPARE(turns.take()->userId, QByteArray("bob"));
    QVERIFY(!turns.take());
    QVERIFY(turns.isEmpty());
}

QTEST_GUILESS_MAIN(tst_PendingRequests)

#include "tst_pendingrequests.moc"
