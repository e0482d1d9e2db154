// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "eventlooprest.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qpointer.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

// Tests when decisions are signaled: at once or, under load from a private thread, at most every 2
// ms. In both cases, all of them are signaled in order, and are counted immediately.
class tst_SignalDelay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();

    void signalsASingleDecisionAtOnce();
    void signalsAFloodInOrder();
    void signalsAFloodInIntervals();
    void aSlowSlotReceivesAll();
    void aSlotRunsAnEventLoop();
    void stopSignalsTheRestInTheNextTurn();
    void restartsUnderLoad();
    void isDeletedUnderLoad_data();
    void isDeletedUnderLoad();

private:
    static constexpr int Flood = 20'000;

    // Sends numbered requests, with the number as identity, and waits for all replies. Called in a
    // separate thread.
    void ask(int requests);
    // Runs an event loop, without the pauses of QTRY_..., until the condition is true.
    static bool runUntil(const std::function<bool()> &condition);
    // Returns a list to which decided() appends the numbers of requests.
    std::shared_ptr<QList<int>> listen();

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::atomic<int> m_replies{0};
};

void tst_SignalDelay::initTestCase_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_SignalDelay::init()
{
    QFETCH_GLOBAL(const bool, workerThread);
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_replies = 0;
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->configureNull(QStringLiteral("test"), true));
    QVERIFY(m_authenticator->start());
}

void tst_SignalDelay::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
}

void tst_SignalDelay::ask(int requests)
{
    constexpr int Outstanding = 64;
    ZapClient client(*m_context);
    int sent = 0;
    for (int received = 0; received < requests;) {
        for (; sent < requests && sent - received < Outstanding; ++sent) {
            QByteArrayList request = ZapClient::request("NULL");
            request[4] = QByteArray::number(sent);
            client.send(request);
        }
        if (client.receive()) {
            ++received;
            ++m_replies;
        } else {
            std::this_thread::yield();
        }
    }
}

bool tst_SignalDelay::runUntil(const std::function<bool()> &condition)
{
    QEventLoop loop;
    QTimer timer;
    connect(&timer, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.quit();
    });
    timer.start(1);
    QTimer::singleShot(60'000, &loop, &QEventLoop::quit);
    loop.exec();
    return condition();
}

std::shared_ptr<QList<int>> tst_SignalDelay::listen()
{
    auto numbers = std::make_shared<QList<int>>();
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [numbers](const QZapRequest &request) { numbers->append(request.identity().toInt()); });
    return numbers;
}

void tst_SignalDelay::signalsASingleDecisionAtOnce()
{
    QSignalSpy accepted(m_authenticator.get(), &QZapAuthenticator::authenticated);
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(accepted.count(), 1);
    // Nothing remains to be reported, so nothing wakes up.
    QTRY_VERIFY(comesToRest(m_authenticator.get()));
}

void tst_SignalDelay::signalsAFloodInOrder()
{
    const auto numbers = listen();
    bool isCounted = true;
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [&] { isCounted = isCounted && m_authenticator->acceptedCount() >= numbers->size(); });
    std::thread asker([this] { ask(Flood); });
    const bool isAll =
        runUntil([&] { return numbers->size() + m_authenticator->unreportedCount() == Flood; });
    asker.join();
    QVERIFY(isAll);
    QVERIFY(isCounted);
    QCOMPARE(m_authenticator->acceptedCount(), Flood);
    QVERIFY(std::is_sorted(numbers->begin(), numbers->end()));
    QCOMPARE(m_authenticator->unreportedCount(), 0);
}

// The thread wakes up as often if only the signal of a counter is connected as if decided() is
// connected.
void tst_SignalDelay::signalsAFloodInIntervals()
{
    QFETCH_GLOBAL(const bool, workerThread);
    if (!workerThread)
        QSKIP("In the same thread a report wakes nobody");
    QSignalSpy changed(m_authenticator.get(), &QZapAuthenticator::acceptedCountChanged);
    QElapsedTimer clock;
    clock.start();
    std::thread asker([this] { ask(Flood); });
    const bool isAll = runUntil([&] { return m_authenticator->acceptedCount() == Flood; });
    asker.join();
    QVERIFY(isAll);
    constexpr qint64 Interval = 2 - 1; // ms; timers of Qt may be a millisecond early
    const qint64 intervals = clock.elapsed() / Interval + 2;
    QVERIFY2(changed.count() <= intervals, QByteArray::number(changed.count()).constData());
    const qsizetype before = changed.count();
    QTRY_VERIFY(comesToRest(m_authenticator.get()));
    QVERIFY(changed.count() <= before + 1);
}

void tst_SignalDelay::aSlowSlotReceivesAll()
{
    constexpr int Requests = 1000;
    const auto numbers = listen();
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this,
            [] { std::this_thread::sleep_for(std::chrono::microseconds(200)); });
    std::thread asker([this] { ask(Requests); });
    const bool isAll = runUntil([&] { return numbers->size() == Requests; });
    asker.join();
    QVERIFY(isAll);
    QVERIFY(std::is_sorted(numbers->begin(), numbers->end()));
    QCOMPARE(m_authenticator->unreportedCount(), 0);
}

// The event loop that the slot runs signals further decisions.
void tst_SignalDelay::aSlotRunsAnEventLoop()
{
    const auto numbers = listen();
    bool isNested = false;
    connect(m_authenticator.get(), &QZapAuthenticator::decided, this, [&] {
        if (numbers->size() != 500)
            return;
        isNested = runUntil([&] { return numbers->size() == Flood; });
    });
    std::thread asker([this] { ask(Flood); });
    const bool isAll = runUntil([&] { return numbers->size() == Flood && m_replies == Flood; });
    asker.join();
    QVERIFY(isAll);
    QVERIFY(isNested);
    QVERIFY(std::is_sorted(numbers->begin(), numbers->end()));
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(numbers->size(), Flood + 1);
}

void tst_SignalDelay::stopSignalsTheRestInTheNextTurn()
{
    QFETCH_GLOBAL(const bool, workerThread);
    const auto numbers = listen();
    for (int round = 1; round <= 20; ++round) {
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        if (workerThread) {
            while (!client.receive())
                QThread::yieldCurrentThread();
        } else {
            QVERIFY(!client.waitForReply().isEmpty());
        }
        client.send(ZapClient::request("NULL"));
        m_authenticator->stop();
        QCoreApplication::processEvents();
        QCOMPARE(numbers->size(), 2 * round);
        QVERIFY(m_authenticator->start());
    }
}

// Remaining requests get a temporary answer when the authenticator stops.
void tst_SignalDelay::restartsUnderLoad()
{
    constexpr qsizetype Rounds = 20;
    constexpr qsizetype Requests = 1000;
    const auto numbers = listen();
    for (qsizetype round = 0; round < Rounds; ++round) {
        ZapClient client(*m_context); // stopping ends its connection
        for (qsizetype i = 0; i < Requests; ++i) {
            QByteArrayList request = ZapClient::request("NULL");
            request[4] = QByteArray::number(round * Requests + i);
            client.send(request);
        }
        // Waits for earlier rounds, since the queue of reports is bounded.
        QVERIFY(runUntil([&] { return numbers->size() > round * Requests; }));
        m_authenticator->stop();
        QVERIFY(m_authenticator->start());
    }
    QVERIFY(runUntil([&] { return numbers->size() == Rounds * Requests; }));
    QCOMPARE(m_authenticator->acceptedCount() + m_authenticator->temporaryCount(),
             Rounds * Requests);
    QCOMPARE(m_authenticator->unreportedCount(), 0);
    QVERIFY(std::is_sorted(numbers->begin(), numbers->end()));
}

void tst_SignalDelay::isDeletedUnderLoad_data()
{
    QTest::addColumn<bool>("inASlot");
    QTest::newRow("in a slot") << true;
    QTest::newRow("between two turns") << false;
}

void tst_SignalDelay::isDeletedUnderLoad()
{
    QFETCH(const bool, inASlot);
    for (int round = 0; round < 10; ++round) {
        const QPointer<QZapAuthenticator> guard(m_authenticator.get());
        int count = 0;
        connect(m_authenticator.get(), &QZapAuthenticator::decided, this, [&] {
            if (++count == 300 && inASlot)
                m_authenticator.reset();
        });
        auto client = std::make_unique<ZapClient>(*m_context);
        for (int i = 0; i < 1000; ++i)
            client->send(ZapClient::request("NULL"));
        if (!inASlot) {
            QTRY_VERIFY(count > 0);
            m_authenticator.reset();
        }
        QTRY_VERIFY(!guard);
        const int before = count;
        QCoreApplication::processEvents();
        QCOMPARE(count, before);
        client.reset();
        init();
    }
}

QTEST_GUILESS_MAIN(tst_SignalDelay)
#include "tst_signaldelay.moc"
