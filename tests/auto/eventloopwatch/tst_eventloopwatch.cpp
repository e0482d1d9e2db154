// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/eventloopwatch.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>

using namespace QZap::Internal;

class tst_EventLoopWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_application.reset(); }
    void reportsTheEndAndTheNextLoop();
    void ignoresAFormerThreadsLoop();
    void resumesAllThreadsWithTheNextApplication();

private:
    void startApplication()
    {
        static int argc = 1;
        static char name[] = "tst_eventloopwatch";
        static char *argv[] = {name, nullptr};
        m_application = std::make_unique<QCoreApplication>(argc, argv);
    }

    std::unique_ptr<QCoreApplication> m_application;
};

void tst_EventLoopWatch::init()
{
    startApplication(); // the first application may print a warning about the locale
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
        QCOMPARE(resumed, i); // the first loop does not resume anything
        QCOMPARE(ended, i + 1);
    }
}

// The end of a loop is not reported if the watch has moved to another thread, which may be using
// the handler's data.
void tst_EventLoopWatch::ignoresAFormerThreadsLoop()
{
    QThread thread;
    QObject parent;
    std::atomic<int> ended{0};
    new EventLoopWatch(&parent, {[] {}, [&ended](const QObject *) { ++ended; }});
    parent.moveToThread(&thread);
    thread.start();
    // Called after the watch has attached itself to the thread's event loop.
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

// Qt drops the events of all threads while there is no application.
void tst_EventLoopWatch::resumesAllThreadsWithTheNextApplication()
{
    QThread thread;
    QObject parent;
    std::atomic<int> resumed{0};
    new EventLoopWatch(&parent, {[&resumed] { ++resumed; }});
    parent.moveToThread(&thread);
    thread.start();
    QMetaObject::invokeMethod(
        &parent, [] {}, Qt::BlockingQueuedConnection);
    m_application.reset();
    QCOMPARE(resumed, 0);
    startApplication();
    QTRY_COMPARE(resumed, 1);
    thread.quit();
    QVERIFY(thread.wait());
}

QTEST_APPLESS_MAIN(tst_EventLoopWatch)
#include "tst_eventloopwatch.moc"
