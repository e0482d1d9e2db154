// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapsocketmonitor.h>

#include "socketmonitor.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>

using namespace Qt::StringLiterals;

// Connects a slot to a signal of the monitor.
using Attach = std::function<void(QZapSocketMonitor *, const std::function<void()> &slot)>;
Q_DECLARE_METATYPE(Attach)
Q_DECLARE_METATYPE(zmq::socket_type)

// Tests the life of a QZapSocketMonitor: several monitors of a socket, every order of destruction,
// other threads, and event loops that are busy.
class tst_MonitorLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void refusesInvalidSockets_data();
    void refusesInvalidSockets();
    void refusesASecondMonitor();
    void allowsALaterMonitor();
    void reportsThatItWasReplaced_data();
    void reportsThatItWasReplaced();
    void endsAnUnknownMonitor();
    void isDestroyedBeforeItsSocket();
    void isDestroyedAfterItsSocket_data();
    void isDestroyedAfterItsSocket();
    void isDestroyedAfterASocketThatStillSends();
    void isDestroyedAfterItsContext();
    void followsANewSocket();
    void survivesDeletionInASlot_data();
    void survivesDeletionInASlot();
    void survivesClosingInASlot();
    void survivesANestedEventLoop();
    void reportsTermination();
    void movesToAThreadWithItsSocket();
    void doesNotDelayOtherEvents();
    void doesNotBlockItsSocketWhenUnread();

private:
    enum class State { Unused, Bound, Connecting, Connected };
    static constexpr auto Stopped = "the socket was closed, or another monitor was started";

    zmq::socket_t makeSocket(zmq::socket_type type);
    void prepare(zmq::socket_t &socket, State state);
    // Connects to the server, sends a message and closes.
    void visit(const std::string &endpoint);
    static void expectStopped()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromLatin1(Stopped)));
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<zmq::socket_t> m_server;
    std::string m_endpoint;
};

void tst_MonitorLife::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_server = std::make_unique<zmq::socket_t>(makeSocket(zmq::socket_type::pull));
    m_server->bind("tcp://127.0.0.1:*");
    m_endpoint = m_server->get(zmq::sockopt::last_endpoint);
}

// Destroying the context hangs if a reader is open, or an I/O thread is blocked.
void tst_MonitorLife::cleanup()
{
    m_server.reset();
    m_context.reset();
}

zmq::socket_t tst_MonitorLife::makeSocket(zmq::socket_type type)
{
    zmq::socket_t socket(*m_context, type);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, 20);
    return socket;
}

void tst_MonitorLife::prepare(zmq::socket_t &socket, State state)
{
    switch (state) {
    case State::Unused:
        break;
    case State::Bound:
        socket.bind("tcp://127.0.0.1:*");
        break;
    case State::Connecting:
        socket.connect("tcp://127.0.0.1:1");
        break;
    case State::Connected: {
        socket.connect(m_endpoint);
        socket.send(zmq::str_buffer("hello"), zmq::send_flags::none);
        zmq::message_t message;
        QVERIFY(m_server->recv(message));
        break;
    }
    }
}

void tst_MonitorLife::visit(const std::string &endpoint)
{
    zmq::socket_t visitor = makeSocket(zmq::socket_type::push);
    visitor.connect(endpoint);
    visitor.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    zmq::message_t message;
    QVERIFY(m_server->recv(message));
}

void tst_MonitorLife::refusesInvalidSockets_data()
{
    QTest::addColumn<bool>("isContext");
    QTest::newRow("null") << false;
    QTest::newRow("a context") << true;
}

void tst_MonitorLife::refusesInvalidSockets()
{
    QFETCH(const bool, isContext);
    QTest::ignoreMessage(QtWarningMsg, "QZapSocketMonitor: the socket is not open");
    const QZapSocketMonitor monitor(isContext ? m_context->handle() : nullptr);
    QVERIFY(!monitor.isValid());
    QCOMPARE(monitor.errorString(), u"the socket is not open"_s);
}

void tst_MonitorLife::refusesASecondMonitor()
{
    const QZapSocketMonitor first(*m_server);
    const QSignalSpy connected(&first, &QZapSocketMonitor::connected);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"the socket already has a monitor"_s));
    const QZapSocketMonitor second(*m_server);
    QVERIFY(!second.isValid());
    QVERIFY(second.errorString().contains(u"already has a monitor"_s));
    const QSignalSpy unconnected(&second, &QZapSocketMonitor::connected);
    visit(m_endpoint);
    QTRY_COMPARE(connected.count(), 1);
    QVERIFY(first.isValid());
    QCOMPARE(first.errorString(), QString());
    QCOMPARE(unconnected.count(), 0);
}

void tst_MonitorLife::allowsALaterMonitor()
{
    for (int i = 0; i < 100; ++i) {
        const QZapSocketMonitor monitor(*m_server);
        QVERIFY(monitor.isValid());
    }
    const QZapSocketMonitor monitor(*m_server);
    const QSignalSpy connected(&monitor, &QZapSocketMonitor::connected);
    visit(m_endpoint);
    QTRY_COMPARE(connected.count(), 1);
}

void tst_MonitorLife::reportsThatItWasReplaced_data()
{
    QTest::addColumn<bool>("isNoticed"); // in the event loop, before the monitor is destroyed
    QTest::newRow("noticed") << true;
    QTest::newRow("unnoticed") << false;
}

void tst_MonitorLife::reportsThatItWasReplaced()
{
    QFETCH(const bool, isNoticed);
    auto monitor = std::make_unique<QZapSocketMonitor>(*m_server);
    QSignalSpy validChanged(monitor.get(), &QZapSocketMonitor::validChanged);
    SocketMonitor other(*m_server, *m_context);
    if (isNoticed) {
        expectStopped();
        QTRY_VERIFY(!monitor->isValid());
        QCOMPARE(validChanged.count(), 1);
        QCOMPARE(validChanged.constFirst().constFirst().toBool(), false);
        QVERIFY(monitor->errorString().contains(QString::fromLatin1(Stopped)));
    }
    monitor.reset(); // does not affect the other monitor
    visit(m_endpoint);
    QTRY_COMPARE(other.count(ZMQ_EVENT_HANDSHAKE_SUCCEEDED), 1);
    QCOMPARE(other.count(ZMQ_EVENT_MONITOR_STOPPED), 0);
}

void tst_MonitorLife::endsAnUnknownMonitor()
{
    SocketMonitor other(*m_server, *m_context);
    const QZapSocketMonitor monitor(*m_server);
    QVERIFY(monitor.isValid());
    QTRY_COMPARE(other.count(ZMQ_EVENT_MONITOR_STOPPED), 1);
}

void tst_MonitorLife::isDestroyedBeforeItsSocket()
{
    for (const State state : {State::Unused, State::Bound, State::Connecting, State::Connected}) {
        zmq::socket_t socket = makeSocket(zmq::socket_type::push);
        auto monitor = std::make_unique<QZapSocketMonitor>(socket);
        prepare(socket, state);
        monitor.reset();
        visit(m_endpoint); // no I/O thread waits for a reader
        if (state == State::Connected) {
            socket.send(zmq::str_buffer("still open"), zmq::send_flags::none);
            zmq::message_t message;
            QVERIFY(m_server->recv(message));
        }
    }
}

void tst_MonitorLife::isDestroyedAfterItsSocket_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("isNoticed");
    const std::pair<const char *, State> states[] = {{"unused", State::Unused},
                                                     {"bound", State::Bound},
                                                     {"connecting", State::Connecting},
                                                     {"connected", State::Connected}};
    for (const auto &[name, state] : states) {
        QTest::addRow("%s, at once", name) << static_cast<int>(state) << false;
        QTest::addRow("%s, noticed", name) << static_cast<int>(state) << true;
    }
}

void tst_MonitorLife::isDestroyedAfterItsSocket()
{
    QFETCH(const int, state);
    QFETCH(const bool, isNoticed);
    for (int i = 0; i < (isNoticed ? 1 : 50); ++i) {
        zmq::socket_t socket = makeSocket(zmq::socket_type::push);
        auto monitor = std::make_unique<QZapSocketMonitor>(socket);
        QVERIFY(monitor->isValid());
        prepare(socket, static_cast<State>(state));
        socket.close();
        if (isNoticed) {
            expectStopped();
            QTRY_VERIFY(!monitor->isValid());
        }
        monitor.reset();
    }
    visit(m_endpoint);
}

// A closed socket continues to connect while it has messages and ZMQ_LINGER has not passed: its
// monitor is needed for longer than its destructor waits.
void tst_MonitorLife::isDestroyedAfterASocketThatStillSends()
{
    zmq::socket_t socket = makeSocket(zmq::socket_type::push);
    socket.set(zmq::sockopt::linger, 1000);
    auto monitor = std::make_unique<QZapSocketMonitor>(socket);
    prepare(socket, State::Connecting);
    socket.send(zmq::str_buffer("never delivered"), zmq::send_flags::dontwait);
    socket.close();
    monitor.reset();
    visit(m_endpoint); // its retries do not block the I/O thread
}

void tst_MonitorLife::isDestroyedAfterItsContext()
{
    auto socket = std::make_unique<zmq::socket_t>(makeSocket(zmq::socket_type::push));
    QZapSocketMonitor monitor(*socket);
    prepare(*socket, State::Connecting);
    m_server.reset();
    m_context->shutdown();
    socket.reset();
    QTRY_VERIFY(!monitor.isValid()); // has closed its reader as well
    m_context.reset();
}

// A new socket often has the address of the previous one.
void tst_MonitorLife::followsANewSocket()
{
    std::unique_ptr<QZapSocketMonitor> monitor;
    zmq::socket_t socket;
    for (int i = 0; i < 200; ++i) {
        socket = makeSocket(zmq::socket_type::push); // closes the previous one
        auto next = std::make_unique<QZapSocketMonitor>(socket);
        QVERIFY2(next->isValid(), qPrintable(next->errorString()));
        monitor = std::move(next);
    }
    const QSignalSpy accepted(monitor.get(), &QZapSocketMonitor::accepted);
    socket.connect(m_endpoint);
    QTRY_COMPARE(accepted.count(), 1);
    monitor.reset();
}

void tst_MonitorLife::survivesDeletionInASlot_data()
{
    QTest::addColumn<Attach>("attach");
    QTest::addColumn<zmq::socket_type>("type");
    QTest::addColumn<bool>("isReplaced");
    QTest::addColumn<bool>("isAlone"); // without a server
    const auto on = [](auto signal) {
        return Attach([signal](QZapSocketMonitor *monitor, const std::function<void()> &slot) {
            connect(monitor, signal, monitor, slot);
        });
    };
    const auto push = zmq::socket_type::push;
    const auto req = zmq::socket_type::req; // incompatible with the server's
    QTest::newRow("connected") << on(&QZapSocketMonitor::connected) << push << false << false;
    QTest::newRow("accepted") << on(&QZapSocketMonitor::accepted) << push << false << false;
    QTest::newRow("failed") << on(&QZapSocketMonitor::failed) << req << false << false;
    QTest::newRow("disconnected") << on(&QZapSocketMonitor::disconnected) << req << false << false;
    QTest::newRow("retrying") << on(&QZapSocketMonitor::retrying) << push << false << true;
    QTest::newRow("validChanged") << on(&QZapSocketMonitor::validChanged) << push << true << false;
}

void tst_MonitorLife::survivesDeletionInASlot()
{
    QFETCH(const Attach, attach);
    QFETCH(const zmq::socket_type, type);
    QFETCH(const bool, isReplaced);
    QFETCH(const bool, isAlone);
    zmq::socket_t socket = makeSocket(type);
    QPointer<QZapSocketMonitor> monitor = new QZapSocketMonitor(socket);
    attach(monitor, [&monitor] { delete monitor.data(); });
    socket.connect(isAlone ? "tcp://127.0.0.1:1" : m_endpoint);
    std::unique_ptr<SocketMonitor> other;
    if (isReplaced) {
        expectStopped();
        other = std::make_unique<SocketMonitor>(socket, *m_context);
    }
    QTRY_VERIFY(monitor.isNull());
    visit(m_endpoint);
}

// Slots usually react to a failure by replacing the socket.
void tst_MonitorLife::survivesClosingInASlot()
{
    for (const bool deletesFirst : {true, false}) {
        zmq::socket_t socket = makeSocket(zmq::socket_type::req); // incompatible with the server's
        QPointer<QZapSocketMonitor> monitor = new QZapSocketMonitor(socket);
        connect(monitor, &QZapSocketMonitor::failed, this, [&, deletesFirst] {
            if (deletesFirst)
                delete monitor.data();
            socket.close();
            if (!deletesFirst)
                delete monitor.data();
        });
        socket.connect(m_endpoint);
        QTRY_VERIFY(monitor.isNull());
    }
}

// Further events are reported in the event loop that the slot runs.
void tst_MonitorLife::survivesANestedEventLoop()
{
    zmq::socket_t socket = makeSocket(zmq::socket_type::push);
    QZapSocketMonitor monitor(socket);
    QEventLoop loop;
    connect(&monitor, &QZapSocketMonitor::accepted, &loop, &QEventLoop::quit);
    bool isNested = false;
    connect(&monitor, &QZapSocketMonitor::connected, &loop, [&] {
        loop.exec();
        isNested = true;
    });
    socket.connect(m_endpoint);
    QTRY_VERIFY(isNested);
    const QSignalSpy disconnected(&monitor, &QZapSocketMonitor::disconnected);
    m_server->close();
    QTRY_COMPARE(disconnected.count(), 1);
}

void tst_MonitorLife::reportsTermination()
{
    QZapSocketMonitor monitor(*m_server);
    QSignalSpy validChanged(&monitor, &QZapSocketMonitor::validChanged);
    m_context->shutdown();
    QTRY_COMPARE(validChanged.count(), 1);
    QVERIFY(!monitor.isValid());
    QCOMPARE(monitor.errorString(), u"the context was terminated"_s);
}

void tst_MonitorLife::movesToAThreadWithItsSocket()
{
    zmq::socket_t socket = makeSocket(zmq::socket_type::push);
    auto *const monitor = new QZapSocketMonitor(socket);
    QThread thread;
    QAtomicInt accepted = 0;
    QAtomicInt wasElsewhere = 0;
    connect(monitor, &QZapSocketMonitor::accepted, monitor, [&] {
        wasElsewhere.storeRelaxed(QThread::currentThread() == &thread);
        accepted.storeRelease(1);
    });
    socket.connect(m_endpoint); // its events are read in the thread
    monitor->moveToThread(&thread);
    connect(&thread, &QThread::finished, monitor, &QObject::deleteLater);
    thread.start();
    QTRY_COMPARE(accepted.loadAcquire(), 1);
    thread.quit();
    QVERIFY(thread.wait());
    QCOMPARE(wasElsewhere.loadRelaxed(), 1);
}

void tst_MonitorLife::doesNotDelayOtherEvents()
{
    const QZapSocketMonitor monitor(*m_server);
    const QSignalSpy connected(&monitor, &QZapSocketMonitor::connected);
    constexpr int Count = 100; // each causes three events
    for (int i = 0; i < Count; ++i)
        visit(m_endpoint);
    qsizetype before = -1;
    QTimer timer;
    timer.setSingleShot(true);
    connect(&timer, &QTimer::timeout, this, [&] { before = connected.count(); });
    timer.start(0);
    QTRY_COMPARE(connected.count(), Count);
    QVERIFY2(before >= 0 && before <= 64, QByteArray::number(before).constData());
}

// By default, libzmq would stop accepting connections after 666 unread events.
void tst_MonitorLife::doesNotBlockItsSocketWhenUnread()
{
    const QZapSocketMonitor monitor(*m_server);
    const QSignalSpy accepted(&monitor, &QZapSocketMonitor::accepted);
    constexpr int Count = 1000;
    m_server->set(zmq::sockopt::rcvtimeo, 10000);
    for (int i = 0; i < Count; ++i)
        visit(m_endpoint);
    QTRY_COMPARE(accepted.count(), Count);
}

QTEST_GUILESS_MAIN(tst_MonitorLife)

#include "tst_monitorlife.moc"
