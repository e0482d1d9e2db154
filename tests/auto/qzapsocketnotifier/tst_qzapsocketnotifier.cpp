// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapsocketnotifier.h>

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <thread>
#include <type_traits>

static_assert(std::is_constructible_v<QZapSocketNotifier, void *>);
static_assert(std::is_constructible_v<QZapSocketNotifier, zmq::socket_t &>);
static_assert(std::is_constructible_v<QZapSocketNotifier, zmq::socket_ref>);
static_assert(!std::is_constructible_v<QZapSocketNotifier, zmq::socket_t *>,
              "a pointer to a socket object is no handle");

class tst_QZapSocketNotifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void reportsEarlierMessages();
    void reportsLaterMessages();
    void repeatsUntilAllIsReceived();
    void losesNothingToASendOutside();
    void losesNothingToAReceiveOutside();
    void reportsFromAnotherThread();
    void sleepsWhenIdle();
    void sleepsWhenDisabled();
    void sleepsWhenDisabledWhileBusy_data();
    void sleepsWhenDisabledWhileBusy();
    void reportsWritable();
    void survivesDeletionInASlot();
    void survivesDeletionWhileBusy();
    void survivesANestedEventLoop_data();
    void survivesANestedEventLoop();
    void reportsTermination();
    void movesToAThread();
    void movesToAThreadWhileBusy();
    void canBeDestroyedAfterItsThreadHasEnded();
    void warnsOfInvalidSockets();
    void warnsOfAMissingEventLoop();
    void recheckRepairsALostCheck_data();
    void recheckRepairsALostCheck();
    void aMessageRepairsALostCheck();
    void continuesWhenItsThreadIsRestarted();

private:
    static void send(zmq::socket_t &socket, const char *text)
    {
        socket.send(zmq::buffer(text, strlen(text)), zmq::send_flags::dontwait);
    }
    static QByteArray receive(zmq::socket_t &socket)
    {
        zmq::message_t message;
        if (!socket.recv(message, zmq::recv_flags::dontwait))
            return {};
        return QByteArray(message.data<char>(), static_cast<qsizetype>(message.size()));
    }
    // Returns how often the event loop woke up while idle.
    static int wakeUpsWhile(int milliseconds);

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::socket_t> m_here;
    std::unique_ptr<zmq::socket_t> m_there;
};

void tst_QZapSocketNotifier::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_here = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::pair);
    m_there = std::make_unique<zmq::socket_t>(*m_context, zmq::socket_type::pair);
    for (zmq::socket_t *socket : {m_here.get(), m_there.get()})
        socket->set(zmq::sockopt::linger, 0);
    m_here->bind("inproc://pair");
    m_there->connect("inproc://pair");
}

void tst_QZapSocketNotifier::cleanup()
{
    m_here.reset();
    m_there.reset();
    m_context.reset();
}

int tst_QZapSocketNotifier::wakeUpsWhile(int milliseconds)
{
    int wakeUps = 0;
    QEventLoop loop;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
            [&wakeUps] { ++wakeUps; });
    QTimer::singleShot(milliseconds, Qt::CoarseTimer, &loop, &QEventLoop::quit);
    loop.exec();
    return wakeUps;
}

void tst_QZapSocketNotifier::reportsEarlierMessages()
{
    send(*m_there, "early");
    // The signal of the descriptor has been consumed.
    QVERIFY(m_here->get(zmq::sockopt::events) & ZMQ_POLLIN);
    QZapSocketNotifier notifier(*m_here);
    QVERIFY(notifier.isEnabled());
    QVERIFY(!notifier.isWriteEnabled());
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QVERIFY(readable.wait());
    QCOMPARE(receive(*m_here), QByteArray("early"));
}

void tst_QZapSocketNotifier::reportsLaterMessages()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QCoreApplication::processEvents();
    QCOMPARE(readable.count(), 0);
    connect(&notifier, &QZapSocketNotifier::readable, this,
            [this] { QCOMPARE(receive(*m_here), QByteArray("late")); });
    for (int i = 0; i < 100; ++i) {
        send(*m_there, "late");
        QTRY_COMPARE(readable.count(), i + 1);
    }
}

// The slot takes one message each time, and never sees EAGAIN.
void tst_QZapSocketNotifier::repeatsUntilAllIsReceived()
{
    QZapSocketNotifier notifier(*m_here);
    QByteArrayList received;
    connect(&notifier, &QZapSocketNotifier::readable, this,
            [&] { received.append(receive(*m_here)); });
    for (const char *text : {"1", "2", "3", "4", "5"})
        send(*m_there, text);
    QTRY_COMPARE(received, QByteArrayList({"1", "2", "3", "4", "5"}));
    QCoreApplication::processEvents();
    QCOMPARE(received.size(), 5);
}

void tst_QZapSocketNotifier::losesNothingToASendOutside()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QCoreApplication::processEvents();
    for (int i = 0; i < 200; ++i) {
        send(*m_there, "request");
        // Reads the socket's mailbox, and consumes the signal of the request.
        send(*m_here, "something else");
        (void)m_here->get(zmq::sockopt::events);
        notifier.recheck();
        const qsizetype before = readable.count();
        QTRY_VERIFY(readable.count() > before);
        QCOMPARE(receive(*m_here), QByteArray("request"));
        notifier.recheck();
        QCOMPARE(receive(*m_there), QByteArray("something else"));
        QCoreApplication::processEvents();
    }
}

void tst_QZapSocketNotifier::losesNothingToAReceiveOutside()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QCoreApplication::processEvents();
    send(*m_there, "1");
    send(*m_there, "2");
    QCOMPARE(receive(*m_here), QByteArray("1"));
    notifier.recheck();
    QTRY_VERIFY(readable.count() > 0);
    QCOMPARE(receive(*m_here), QByteArray("2"));
}

void tst_QZapSocketNotifier::reportsFromAnotherThread()
{
    QZapSocketNotifier notifier(*m_here);
    int received = 0;
    connect(&notifier, &QZapSocketNotifier::readable, this, [&] {
        while (!receive(*m_here).isEmpty())
            ++received;
    });
    std::thread sender([this] {
        for (int i = 0; i < 500; ++i) {
            send(*m_there, "x");
            std::this_thread::yield();
        }
    });
    QTRY_COMPARE(received, 500);
    sender.join();
}

void tst_QZapSocketNotifier::sleepsWhenIdle()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    send(*m_there, "x");
    QVERIFY(readable.wait());
    receive(*m_here);
    QCoreApplication::processEvents();
    // One wake-up is the timer that ends it; a descriptor that stays readable would cause
    // thousands.
    QVERIFY(wakeUpsWhile(100) < 10);
}

void tst_QZapSocketNotifier::sleepsWhenDisabled()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    notifier.setEnabled(false);
    QVERIFY(!notifier.isEnabled());
    send(*m_there, "x");
    QVERIFY(wakeUpsWhile(100) < 10);
    QCOMPARE(readable.count(), 0);
    notifier.setEnabled(true);
    QVERIFY(readable.wait());
    QCOMPARE(receive(*m_here), QByteArray("x"));
}

void tst_QZapSocketNotifier::sleepsWhenDisabledWhileBusy_data()
{
    QTest::addColumn<bool>("inASlot");
    QTest::newRow("in a slot") << true;
    QTest::newRow("between two turns") << false;
}

// While a message remains, each turn of the event loop checks the socket.
void tst_QZapSocketNotifier::sleepsWhenDisabledWhileBusy()
{
    QFETCH(const bool, inASlot);
    constexpr int Turns = 5;
    QZapSocketNotifier notifier(*m_here);
    int count = 0;
    connect(&notifier, &QZapSocketNotifier::readable, this, [&] {
        if (++count == Turns && inASlot)
            notifier.setEnabled(false);
    });
    send(*m_there, "x");
    while (count < Turns)
        QCoreApplication::processEvents();
    notifier.setEnabled(false);
    const int before = count;
    QVERIFY(wakeUpsWhile(100) < 10);
    QCOMPARE(count, before);
    notifier.setEnabled(true);
    QTRY_VERIFY(count > before + Turns);
    QCOMPARE(receive(*m_here), QByteArray("x"));
    QCoreApplication::processEvents();
    QVERIFY(wakeUpsWhile(100) < 10);
}

void tst_QZapSocketNotifier::reportsWritable()
{
    zmq::socket_t push(*m_context, zmq::socket_type::push);
    push.set(zmq::sockopt::linger, 0);
    push.set(zmq::sockopt::sndhwm, 1);
    QZapSocketNotifier notifier(push);
    QSignalSpy writable(&notifier, &QZapSocketNotifier::writable);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    notifier.setWriteEnabled(true);
    QVERIFY(notifier.isWriteEnabled());
    QVERIFY(wakeUpsWhile(50) < 10);
    QCOMPARE(writable.count(), 0); // without a peer, nothing can be sent

    zmq::socket_t pull(*m_context, zmq::socket_type::pull);
    pull.bind("inproc://pull");
    push.connect("inproc://pull");
    notifier.recheck();
    QTRY_VERIFY(writable.count() > 3); // again in each turn
    notifier.setWriteEnabled(false);
    QCoreApplication::processEvents();
    const qsizetype count = writable.count();
    QVERIFY(wakeUpsWhile(50) < 10);
    QCOMPARE(writable.count(), count);
    QCOMPARE(readable.count(), 0);
}

void tst_QZapSocketNotifier::survivesDeletionInASlot()
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

void tst_QZapSocketNotifier::survivesDeletionWhileBusy()
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
    QVERIFY(wakeUpsWhile(50) < 10);
    QCOMPARE(count, 5);
}

void tst_QZapSocketNotifier::survivesANestedEventLoop_data()
{
    QTest::addColumn<int>("turns"); // before the one with an event loop
    QTest::newRow("at first") << 0;
    QTest::newRow("while busy") << 5;
}

void tst_QZapSocketNotifier::survivesANestedEventLoop()
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
            notifier.recheck(); // before running an event loop
            QTRY_COMPARE(received.size(), 2);
        }
        --depth;
    });
    send(*m_there, "1");
    QTRY_COMPARE(received, QByteArrayList({"1", "2"}));
    QCOMPARE(deepest, 2);
    QVERIFY(wakeUpsWhile(50) < 10);
}

void tst_QZapSocketNotifier::reportsTermination()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy terminated(&notifier, &QZapSocketNotifier::contextTerminated);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QCoreApplication::processEvents();
    m_context->shutdown();
    QVERIFY(terminated.wait());
    QVERIFY(wakeUpsWhile(50) < 10);
    notifier.recheck();
    QCoreApplication::processEvents();
    QCOMPARE(terminated.count(), 1);
    QCOMPARE(readable.count(), 0);
}

void tst_QZapSocketNotifier::movesToAThread()
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

void tst_QZapSocketNotifier::movesToAThreadWhileBusy()
{
    QThread thread;
    QZapSocketNotifier notifier(*m_here);
    QAtomicInt here;
    QAtomicInt there;
    connect(
        &notifier, &QZapSocketNotifier::readable, &notifier,
        [&] { (QThread::currentThread() == &thread ? there : here).ref(); }, Qt::DirectConnection);
    send(*m_there, "x"); // is received by nobody
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
void tst_QZapSocketNotifier::canBeDestroyedAfterItsThreadHasEnded()
{
    QThread thread;
    auto notifier = std::make_unique<QZapSocketNotifier>(*m_here);
    QAtomicInt count;
    connect(
        notifier.get(), &QZapSocketNotifier::readable, notifier.get(), [&count] { count.ref(); },
        Qt::DirectConnection);
    notifier->moveToThread(&thread);
    send(*m_there, "x"); // is received by nobody
    thread.start();
    QTRY_VERIFY(count.loadAcquire() > 5);
    thread.quit();
    QVERIFY(thread.wait());
    notifier.reset();
}

void tst_QZapSocketNotifier::warnsOfInvalidSockets()
{
    QTest::ignoreMessage(QtWarningMsg,
                         "QZapSocketNotifier: the socket cannot be watched: it is null");
    QZapSocketNotifier notifier(static_cast<void *>(nullptr));
    QVERIFY(!notifier.isEnabled());
    notifier.recheck();
    notifier.setEnabled(true);
    notifier.setWriteEnabled(true);
    QCoreApplication::processEvents();
}

void tst_QZapSocketNotifier::warnsOfAMissingEventLoop()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("has no Qt event loop")));
    std::thread thread([this] { const QZapSocketNotifier notifier(*m_here); });
    thread.join();
}

namespace {

// Swallows the events of an object, as an event filter of an application can.
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

void tst_QZapSocketNotifier::recheckRepairsALostCheck_data()
{
    QTest::addColumn<bool>("removed");
    QTest::newRow("removed") << true;
    QTest::newRow("swallowed by an event filter") << false;
}

void tst_QZapSocketNotifier::recheckRepairsALostCheck()
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

void tst_QZapSocketNotifier::aMessageRepairsALostCheck()
{
    QZapSocketNotifier notifier(*m_here);
    QCoreApplication::removePostedEvents(&notifier);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    connect(&notifier, &QZapSocketNotifier::readable, this, [this] { receive(*m_here); });
    send(*m_there, "x");
    QTRY_COMPARE(readable.count(), 1);
}

void tst_QZapSocketNotifier::continuesWhenItsThreadIsRestarted()
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

QTEST_GUILESS_MAIN(tst_QZapSocketNotifier)
#include "tst_qzapsocketnotifier.moc"
