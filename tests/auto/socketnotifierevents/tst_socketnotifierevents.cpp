// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapsocketnotifier.h>

#include "eventlooprest.h"
#include "socketpairtest.h"

#include <QtCore/qatomic.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

namespace {

// Discards the events of an object, as an event filter of an application can.
class Swallower : public QObject
{
public:
    bool eventFilter(QObject *, QEvent *event) override
    {
        return event->type() >= QEvent::User && left-- > 0;
    }
    int left = 0;
};

} // namespace

// Tests nested and restarted event loops, other threads, lost events, and deletion in a slot.
class tst_SocketNotifierEvents : public SocketPairTest
{
    Q_OBJECT

private Q_SLOTS:
    void mayBeDeletedInItsSlot();
    void mayBeDeletedWhileBusy();
    void survivesANestedEventLoop_data();
    void survivesANestedEventLoop();

    void movesToAThread();
    void movesToAThreadWhileBusy();
    void canBeDestroyedAfterItsThreadHasEnded();
    void continuesWhenItsThreadIsRestarted();

    void recheckRepairsALostCheck_data();
    void recheckRepairsALostCheck();
    void messageRepairsALostCheck();
};

void tst_SocketNotifierEvents::mayBeDeletedInItsSlot()
{
    auto *notifier = new QZapSocketNotifier(*m_here);
    const QPointer<QZapSocketNotifier> guard(notifier);
    notifier->setWriteEnabled(true);
    connect(notifier, &QZapSocketNotifier::readable, this, [&] {
        delete notifier;
        m_here->close();
    });
    send(*m_there, "x");
    QTRY_VERIFY(!guard);

    zmq::socket_t one(*m_context, zmq::socket_type::pair);
    zmq::socket_t other(*m_context, zmq::socket_type::pair);
    one.bind("inproc://other");
    other.connect("inproc://other");
    notifier = new QZapSocketNotifier(one);
    const QPointer<QZapSocketNotifier> guardOne(notifier);
    notifier->setEnabled(false);
    notifier->setWriteEnabled(true);
    connect(notifier, &QZapSocketNotifier::writable, this, [&] { delete notifier; });
    QTRY_VERIFY(!guardOne);
}

void tst_SocketNotifierEvents::mayBeDeletedWhileBusy()
{
    auto *notifier = new QZapSocketNotifier(*m_here);
    const QPointer<QZapSocketNotifier> guard(notifier);
    int count = 0;
    connect(notifier, &QZapSocketNotifier::readable, this, [&] {
        if (++count == 5)
            delete notifier;
    });
    send(*m_there, "x");
    QTRY_VERIFY(!guard);
    QVERIFY(comesToRest());
    QCOMPARE(count, 5);
}

void tst_SocketNotifierEvents::survivesANestedEventLoop_data()
{
    QTest::addColumn<int>("turns"); // before the slot runs an event loop
    QTest::newRow("at first") << 0;
    QTest::newRow("while busy") << 5;
}

void tst_SocketNotifierEvents::survivesANestedEventLoop()
{
    QFETCH(const int, turns);
    QZapSocketNotifier notifier(*m_here);
    QByteArrayList received;
    int count = 0;
    int depth = 0;
    int deepest = 0;
    connect(&notifier, &QZapSocketNotifier::readable, this, [&] {
        if (count++ < turns)
            return;
        deepest = qMax(deepest, ++depth);
        received.append(receive(*m_here));
        if (received.size() == 1) {
            send(*m_there, "2");
            notifier.recheck(); // required before running an event loop
            QTRY_COMPARE(received.size(), 2);
        }
        --depth;
    });
    send(*m_there, "1");
    QTRY_COMPARE(received, QByteArrayList({"1", "2"}));
    QCOMPARE(deepest, 2);
    QVERIFY(comesToRest(&notifier));
}

void tst_SocketNotifierEvents::movesToAThread()
{
    QThread thread;
    auto notifier = std::make_unique<QZapSocketNotifier>(*m_here);
    QAtomicInt received;
    QObject context;
    connect(notifier.get(), &QZapSocketNotifier::readable, notifier.get(), [&] {
        QCOMPARE(QThread::currentThread(), &thread);
        if (!receive(*m_here).isEmpty())
            received.ref();
    });
    notifier->moveToThread(&thread);
    thread.start();
    for (int i = 1; i <= 20; ++i) {
        send(*m_there, "x");
        QTRY_COMPARE(received.loadAcquire(), i);
    }
    QMetaObject::invokeMethod(notifier.get(), [&] { notifier.reset(); });
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_SocketNotifierEvents::movesToAThreadWhileBusy()
{
    QThread thread;
    QZapSocketNotifier notifier(*m_here);
    QAtomicInt here;
    QAtomicInt there;
    connect(
        &notifier, &QZapSocketNotifier::readable, &notifier,
        [&] { (QThread::currentThread() == &thread ? there : here).ref(); }, Qt::DirectConnection);
    send(*m_there, "x"); // nobody receives it
    while (here.loadAcquire() < 5)
        QCoreApplication::processEvents();
    notifier.moveToThread(&thread);
    const int before = here.loadAcquire();
    thread.start();
    QTRY_VERIFY(there.loadAcquire() > 5);
    QCOMPARE(here.loadAcquire(), before);
    thread.quit(); // while busy
    QVERIFY(thread.wait());
}

// A remaining timer would cause a warning.
void tst_SocketNotifierEvents::canBeDestroyedAfterItsThreadHasEnded()
{
    QThread thread;
    auto notifier = std::make_unique<QZapSocketNotifier>(*m_here);
    QAtomicInt count;
    connect(
        notifier.get(), &QZapSocketNotifier::readable, notifier.get(), [&count] { count.ref(); },
        Qt::DirectConnection);
    notifier->moveToThread(&thread);
    send(*m_there, "x"); // nobody receives it
    thread.start();
    QTRY_VERIFY(count.loadAcquire() > 5);
    thread.quit();
    QVERIFY(thread.wait());
    notifier.reset();
}

void tst_SocketNotifierEvents::continuesWhenItsThreadIsRestarted()
{
    QThread thread;
    QZapSocketNotifier notifier(*m_here);
    QAtomicInt readable = 0;
    connect(
        &notifier, &QZapSocketNotifier::readable, &notifier,
        [this, &readable] {
            if (!receive(*m_here).isEmpty())
                ++readable;
        },
        Qt::DirectConnection);
    notifier.moveToThread(&thread);
    for (int i = 1; i <= 3; ++i) {
        thread.start();
        send(*m_there, "while it runs");
        QTRY_COMPARE(readable.loadAcquire(), 2 * i - 1);
        thread.quit();
        QVERIFY(thread.wait());
        send(*m_there, "while it does not");
        thread.start();
        QTRY_COMPARE(readable.loadAcquire(), 2 * i);
        thread.quit();
        QVERIFY(thread.wait());
    }
}

void tst_SocketNotifierEvents::recheckRepairsALostCheck_data()
{
    QTest::addColumn<bool>("removed");
    QTest::newRow("removed") << true;
    QTest::newRow("swallowed by an event filter") << false;
}

void tst_SocketNotifierEvents::recheckRepairsALostCheck()
{
    QFETCH(const bool, removed);
    QZapSocketNotifier notifier(*m_here);
    Swallower swallower;
    notifier.installEventFilter(&swallower);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    connect(&notifier, &QZapSocketNotifier::readable, this, [this] { receive(*m_here); });
    for (int i = 1; i <= 10; ++i) {
        send(*m_there, "x");
        (void)m_here->get(zmq::sockopt::events); // resets the descriptor
        notifier.recheck();
        if (removed)
            QCoreApplication::removePostedEvents(&notifier);
        else
            swallower.left = 1;
        QCoreApplication::processEvents();
        QCOMPARE(readable.count(), i - 1);
        notifier.recheck();
        QTRY_COMPARE(readable.count(), i);
    }
}

void tst_SocketNotifierEvents::messageRepairsALostCheck()
{
    QZapSocketNotifier notifier(*m_here);
    QCoreApplication::removePostedEvents(&notifier);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    connect(&notifier, &QZapSocketNotifier::readable, this, [this] { receive(*m_here); });
    send(*m_there, "x");
    QTRY_COMPARE(readable.count(), 1);
}

QTEST_GUILESS_MAIN(tst_SocketNotifierEvents)
#include "tst_socketnotifierevents.moc"
