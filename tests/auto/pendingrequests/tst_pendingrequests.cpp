// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/tsanhandover.h"
#include "engine/waiting/pendingrequests.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace std::chrono_literals;

// Tests requests that wait, and their deadlines.
class tst_PendingRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEachDeadline();
    void postponesADeadline();
    void movesToAnotherThread();
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
    auto *const timer = pending.findChild<QTimer *>();
    QVERIFY(timer && timer->isActive());
    QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(timer).size(), 1);
    QTRY_COMPARE(expired.size(), 2);
    QVERIFY(!timer->isActive());
    QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(timer).size(), 0);
}

QTEST_GUILESS_MAIN(tst_PendingRequests)

#include "tst_pendingrequests.moc"
