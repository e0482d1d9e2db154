// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapsocketnotifier.h>

#include "eventlooprest.h"
#include "socketpairtest.h"

#include <QtCore/qcoreapplication.h>
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

// Tests which signals are emitted and when, and that nothing wakes up if there is nothing to
// report.
class tst_QZapSocketNotifier : public SocketPairTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEarlierMessages();
    void reportsLaterMessages();
    void repeatsUntilAllIsReceived();
    void losesNothingToASendOutside();
    void losesNothingToAReceiveOutside();
    void reportsFromAnotherThread();
    void reportsWritable();
    void reportsTheEndOfTheContext();

    void sleepsWhenIdle();
    void sleepsWhenDisabled();
    void sleepsWhenDisabledWhileBusy_data();
    void sleepsWhenDisabledWhileBusy();

    void warnsOfInvalidSockets();
    void warnsOfAMissingEventLoop();
};

void tst_QZapSocketNotifier::reportsEarlierMessages()
{
    send(*m_there, "early");
    // Reading ZMQ_EVENTS consumes the signal of the descriptor.
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
        // Sending reads the socket's mailbox, and consumes the signal of the request.
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
    QVERIFY(comesToRest(&notifier));
    QCOMPARE(writable.count(), 0); // without a peer, nothing can be sent

    zmq::socket_t pull(*m_context, zmq::socket_type::pull);
    pull.bind("inproc://pull");
    push.connect("inproc://pull");
    notifier.recheck();
    QTRY_VERIFY(writable.count() > 3); // emitted in each turn of the event loop
    notifier.setWriteEnabled(false);
    QCoreApplication::processEvents();
    const qsizetype count = writable.count();
    QVERIFY(comesToRest(&notifier));
    QCOMPARE(writable.count(), count);
    QCOMPARE(readable.count(), 0);
}

void tst_QZapSocketNotifier::reportsTheEndOfTheContext()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy terminated(&notifier, &QZapSocketNotifier::contextTerminated);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    QCoreApplication::processEvents();
    m_context->shutdown();
    QVERIFY(terminated.wait());
    QVERIFY(comesToRest(&notifier));
    notifier.recheck();
    QCoreApplication::processEvents();
    QCOMPARE(terminated.count(), 1);
    QCOMPARE(readable.count(), 0);
}

void tst_QZapSocketNotifier::sleepsWhenIdle()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    send(*m_there, "x");
    QVERIFY(readable.wait());
    receive(*m_here);
    QCoreApplication::processEvents();
    QVERIFY(comesToRest(&notifier));
}

void tst_QZapSocketNotifier::sleepsWhenDisabled()
{
    QZapSocketNotifier notifier(*m_here);
    QSignalSpy readable(&notifier, &QZapSocketNotifier::readable);
    notifier.setEnabled(false);
    QVERIFY(!notifier.isEnabled());
    send(*m_there, "x");
    QVERIFY(comesToRest(&notifier));
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

// The socket is checked in each turn of the event loop while a message remains.
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
    QVERIFY(comesToRest(&notifier));
    QCOMPARE(count, before);
    notifier.setEnabled(true);
    QTRY_VERIFY(count > before + Turns);
    QCOMPARE(receive(*m_here), QByteArray("x"));
    QCoreApplication::processEvents();
    QVERIFY(comesToRest(&notifier));
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

QTEST_GUILESS_MAIN(tst_QZapSocketNotifier)
#include "tst_qzapsocketnotifier.moc"
