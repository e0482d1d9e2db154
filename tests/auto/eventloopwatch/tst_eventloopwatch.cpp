// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/eventloopwatch.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <atomic>

using namespace QZap::Internal;

class tst_EventLoopWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void reportsTheEndAndTheNextLoop();
    void forgetsALoopThatItHasLeft();
};

void tst_EventLoopWatch::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void tst_EventLoopWatch::reportsTheEndAndTheNextLoop()
{
    QThread thread;
    QObject parent;
    std::atomic<int> resumed{0};
    std::atomic<int> ended{0};
    const auto resume = [&resumed] { ++resumed; };
    const auto end = [&ended, &thread](const QObject *) {
        if (QThread::currentThread() == &thread)
            ++ended;
    };
    new EventLoopWatch(&parent, {resume, end});
    parent.moveToThread(&thread);
    for (int i = 0; i < 3; ++i) {
        thread.start();
        QMetaObject::invokeMethod(
            &parent, [&thread] { thread.quit(); }, Qt::QueuedConnection);
        QVERIFY(thread.wait());
        QCOMPARE(resumed, i); // the first loop follows none
        QCOMPARE(ended, i + 1);
    }
}

// It is another thread's by then, which may use what the function uses.
void tst_EventLoopWatch::forgetsALoopThatItHasLeft()
{
    QThread thread;
    QObject parent;
    std::atomic<int> ended{0};
    new EventLoopWatch(&parent, {[] {}, [&ended](const QObject *) { ++ended; }});
    parent.moveToThread(&thread);
    thread.start();
    // After the watch has attached itself to the thread's event loop.
    QMetaObject::invokeMethod(
        &parent,
        [&parent, &thread, home = this->thread()] {
            parent.moveToThread(home);
            thread.quit();
        },
        Qt::QueuedConnection);
    QVERIFY(thread.wait());
    QCOMPARE(ended, 0);
}

QTEST_GUILESS_MAIN(tst_EventLoopWatch)
#include "tst_eventloopwatch.moc"
