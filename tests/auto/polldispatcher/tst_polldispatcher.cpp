// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/polldispatcher.h"
#include "base/tsanhandover.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include "descriptorlimit.h"
#include "visiblesemaphore.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace QZap::Internal;

class tst_PollDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void runsFunctionsInOrder();
    void losesNoWakeUp();
    void runsFunctionsQueuedBeforeItStarts();
    void deliversPostedEvents();
    void timers();
    void stopsTimers();
    void socketNotifiers();
    void aSlotMayDeleteANotifier();
    void sleepsWhenIdle();
    void reportsThatNoDescriptorIsLeft();
    void worksAboveTheDescriptorLimit();

private:
    // Runs a function in the thread, and waits for it.
    void call(const std::function<void()> &function)
    {
        VisibleSemaphore isDone;
        m_dispatcher->run([&] {
            function();
            isDone.release();
        });
        QVERIFY(isDone.tryAcquire(1, 10'000));
    }

    std::unique_ptr<QThread> m_thread;
    PollDispatcher *m_dispatcher = nullptr; // of the thread
    std::unique_ptr<QObject> m_object;      // lives in the thread
};

void tst_PollDispatcher::init()
{
    m_thread = std::make_unique<QThread>();
    m_dispatcher = new PollDispatcher;
    QVERIFY(m_dispatcher->isValid());
    m_thread->setEventDispatcher(m_dispatcher);
    m_thread->start();
    m_object = std::make_unique<QObject>();
    m_object->moveToThread(m_thread.get());
}

void tst_PollDispatcher::cleanup()
{
    call([this] { m_object.reset(); });
    m_dispatcher->run([thread = m_thread.get()] { thread->quit(); });
    QVERIFY(m_thread->wait(10'000));
    m_thread.reset();
}

void tst_PollDispatcher::runsFunctionsInOrder()
{
    QList<int> seen;
    for (int i = 0; i < 1000; ++i)
        m_dispatcher->run([&seen, i] { seen.append(i); });
    call([] {});
    QCOMPARE(seen.size(), 1000);
    QVERIFY(std::is_sorted(seen.cbegin(), seen.cend()));
    QThread *in = nullptr;
    call([&in] { in = QThread::currentThread(); });
    QCOMPARE(in, m_thread.get());
}

// Several threads wake the dispatcher up while it starts to wait.
void tst_PollDispatcher::losesNoWakeUp()
{
    constexpr int Rounds = 20'000;
    std::atomic<int> lost{0};
    const auto call = [&] {
        for (int i = 0; i < Rounds && lost == 0; ++i) {
            const auto isDone = std::make_shared<VisibleSemaphore>();
            m_dispatcher->run([isDone] { isDone->release(); });
            if (!isDone->tryAcquire(1, 10'000))
                ++lost;
        }
    };
    std::thread first(call);
    std::thread second(call);
    first.join();
    second.join();
    QCOMPARE(lost, 0);
}

void tst_PollDispatcher::runsFunctionsQueuedBeforeItStarts()
{
    QThread thread;
    auto *const dispatcher = new PollDispatcher;
    thread.setEventDispatcher(dispatcher);
    bool isCalled = false;
    dispatcher->run([&] {
        isCalled = true;
        handOver();
        thread.quit();
    });
    thread.start();
    QVERIFY(thread.wait(10'000));
    takeOver();
    QVERIFY(isCalled);
}

void tst_PollDispatcher::deliversPostedEvents()
{
    VisibleSemaphore isDone;
    for (int i = 0; i < 100; ++i)
        QMetaObject::invokeMethod(m_object.get(), [&isDone] { isDone.release(); });
    QVERIFY(isDone.tryAcquire(100, 10'000));
    // An event that is posted by a slot of such an event is delivered as well.
    QMetaObject::invokeMethod(m_object.get(), [&] {
        QMetaObject::invokeMethod(
            m_object.get(), [&isDone] { isDone.release(); }, Qt::QueuedConnection);
    });
    QVERIFY(isDone.tryAcquire(1, 10'000));
}

void tst_PollDispatcher::timers()
{
    VisibleSemaphore fired;
    QElapsedTimer elapsed;
    elapsed.start();
    qint64 first = 0;
    call([&] {
        auto *const repeated = new QTimer(m_object.get());
        connect(repeated, &QTimer::timeout, repeated, [&] {
            if (first == 0)
                first = elapsed.elapsed();
            fired.release();
        });
        repeated->start(20);
        QTimer::singleShot(30, m_object.get(), [&] { fired.release(); });
    });
    QVERIFY(fired.tryAcquire(5, 10'000));
    call([this] {
        const auto *const timer = m_object->findChild<QTimer *>();
        QCOMPARE(m_dispatcher->registeredTimers(m_object->findChild<QTimer *>()).size(), 1);
        QVERIFY(timer->remainingTime() >= 0 && timer->remainingTime() <= 20);
        qDeleteAll(m_object->children());
    });
    QVERIFY(first >= 20);
}

void tst_PollDispatcher::stopsTimers()
{
    int fired = 0;
    call([&] {
        auto *const stopped = new QTimer(m_object.get());
        auto *const stopping = new QTimer(m_object.get());
        connect(stopped, &QTimer::timeout, stopped, [&] { ++fired; });
        connect(stopping, &QTimer::timeout, stopped, &QTimer::stop);
        stopping->start(0);
        stopped->start(0); // due at the same moment, but processed later
    });
    call([] {});
    call([this] { qDeleteAll(m_object->children()); });
    const int seen = fired;
    QVERIFY(seen <= 1);
    call([] {});
    QCOMPARE(fired, seen);
    call([this] { QVERIFY(m_dispatcher->registeredTimers(m_object.get()).isEmpty()); });
    QCOMPARE(m_dispatcher->remainingTime(123456), -1);
    QVERIFY(!m_dispatcher->unregisterTimer(123456));
}

void tst_PollDispatcher::socketNotifiers()
{
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    VisibleSemaphore readable;
    std::atomic<int> writable{0};
    call([&] {
        auto *const reader = new QSocketNotifier(ends[0], QSocketNotifier::Read, m_object.get());
        connect(reader, &QSocketNotifier::activated, reader, [&] {
            char byte = 0;
            if (::read(ends[0], &byte, 1) == 1)
                readable.release();
        });
        auto *const writer = new QSocketNotifier(ends[1], QSocketNotifier::Write, m_object.get());
        connect(writer, &QSocketNotifier::activated, writer, [&, writer] {
            ++writable;
            writer->setEnabled(false);
        });
    });
    QVERIFY(!readable.tryAcquire(1, 50));
    QTRY_COMPARE(writable.load(), 1);
    QCOMPARE(::write(ends[1], "ab", 2), 2);
    QVERIFY(readable.tryAcquire(2, 10'000));
    call([this] { qDeleteAll(m_object->children()); });
    ::close(ends[0]);
    ::close(ends[1]);
}

void tst_PollDispatcher::aSlotMayDeleteANotifier()
{
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    QCOMPARE(::write(ends[1], "a", 1), 1);
    std::atomic<int> activations{0};
    call([&] {
        auto *const all = new QObject(m_object.get());
        for (int i = 0; i < 3; ++i) {
            // Qt warns of two notifiers for one descriptor and type, so a duplicate is used.
            const int descriptor = ::fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
            auto *const notifier = new QSocketNotifier(descriptor, QSocketNotifier::Read, all);
            connect(
                notifier, &QSocketNotifier::destroyed, this, [descriptor] { ::close(descriptor); },
                Qt::DirectConnection);
            connect(notifier, &QSocketNotifier::activated, m_object.get(), [&, all] {
                ++activations;
                // The slot deletes all notifiers except the one that is being activated.
                const QList<QSocketNotifier *> others = all->findChildren<QSocketNotifier *>();
                for (QSocketNotifier *const other : others) {
                    if (other != sender())
                        other->deleteLater();
                    other->setEnabled(false);
                }
            });
        }
    });
    QTRY_COMPARE(activations.load(), 1);
    call([] {});
    QCOMPARE(activations.load(), 1);
    call([this] { qDeleteAll(m_object->children()); });
    ::close(ends[0]);
    ::close(ends[1]);
}

void tst_PollDispatcher::sleepsWhenIdle()
{
    std::atomic<int> awakenings{0};
    // A timer wakes the dispatcher up after it has started to wait.
    VisibleSemaphore isDone;
    call([&] {
        connect(
            m_dispatcher, &QAbstractEventDispatcher::awake, m_dispatcher, [&] { ++awakenings; },
            Qt::DirectConnection);
        QTimer::singleShot(100, m_object.get(), [&] { isDone.release(); });
    });
    QVERIFY(isDone.tryAcquire(1, 10'000));
    QVERIFY2(awakenings.load() <= 5, qPrintable(QString::number(awakenings.load())));
    call([this] { m_dispatcher->disconnect(); });
}

void tst_PollDispatcher::reportsThatNoDescriptorIsLeft()
{
    const DescriptorLimit none(0);
    const PollDispatcher dispatcher;
    QVERIFY(!dispatcher.isValid());
    QCOMPARE(dispatcher.error(), EMFILE);
}

// poll(2) refuses all descriptors if their number exceeds the limit.
void tst_PollDispatcher::worksAboveTheDescriptorLimit()
{
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlimit none = limit;
    none.rlim_cur = 0;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
    VisibleSemaphore isDone;
    m_dispatcher->run([&] { isDone.release(); });
    call([&] { QTimer::singleShot(10, m_object.get(), [&] { isDone.release(); }); });
    const bool hasRun = isDone.tryAcquire(2, 10'000);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    QVERIFY(hasRun);
}

QTEST_GUILESS_MAIN(tst_PollDispatcher)
#include "tst_polldispatcher.moc"
