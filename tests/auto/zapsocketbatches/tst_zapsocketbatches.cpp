// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapclient.h"
#include "zapsocketfixture.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace {

constexpr int Timeout = 60'000; // ms

} // namespace

// Tests that requests are handed out in batches, in order, and completely.
class tst_ZapSocketBatches : public QObject, ZapSocketFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void answersInTheDrain();
    void answersOutsideADrain();
    void answersRequestsReceivedBeforeTheLoop();
    void losesNoRequestThatArrivesAfterADrain_data();
    void losesNoRequestThatArrivesAfterADrain();

    void handsOutInBatches();
    void adaptsBatchesToItsHandler();
    void handsOutTheRequestsOfAPeerTogether();

    void mayBeDeletedWhenDrained();
    void handsOutTheRestInANestedEventLoop_data();
    void handsOutTheRestInANestedEventLoop();
    void continuesABatchInANestedEventLoop();
};

void tst_ZapSocketBatches::answersInTheDrain()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    QByteArrayList reply;
    for (int i = 0; i < 50; ++i) {
        client.send(ZapClient::request("NULL", {}, "d", "a", QByteArray::number(i)));
        reply = client.waitForReply();
        QCOMPARE(reply, QByteArrayList({"1.0", QByteArray::number(i), "200", "OK", "bob", ""}));
    }
}

// Sending a reply consumes the descriptor's signal of a request that has arrived meanwhile.
void tst_ZapSocketBatches::answersOutsideADrain()
{
    open();
    ZapClient client(*m_context);
    ZapClient other(*m_context);
    QCoreApplication::processEvents();
    for (int i = 0; i < 200; ++i) {
        client.send(ZapClient::request("NULL"));
        QTRY_COMPARE(m_messages.size(), size_t(1));
        other.send(ZapClient::request("NULL"));
        m_socket->reply(m_messages.front(), ok(), 0);
        m_messages.clear();
        QTRY_COMPARE(m_messages.size(), size_t(1));
        m_socket->reply(m_messages.front(), ok(), 0);
        m_messages.clear();
        QVERIFY(!client.waitForReply().isEmpty());
        QVERIFY(!other.waitForReply().isEmpty());
    }
}

void tst_ZapSocketBatches::answersRequestsReceivedBeforeTheLoop()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QVERIFY(!client.waitForReply().isEmpty());
}

void tst_ZapSocketBatches::losesNoRequestThatArrivesAfterADrain_data()
{
    QTest::addColumn<bool>("answersLate");
    QTest::newRow("a request") << false;
    QTest::newRow("a request and then a reply") << true;
}

// The request arrives between the last check for requests and the return to the event loop.
void tst_ZapSocketBatches::losesNoRequestThatArrivesAfterADrain()
{
    QFETCH(const bool, answersLate);
    ZapClient client(*m_context);
    ZapClient other(*m_context);
    ZapSocket::Handler handler;
    handler.received = [&](ZapMessage &message) {
        if (++m_received == 1 && answersLate)
            m_messages.push_back(std::move(message));
        else
            m_socket->reply(message, ok(), 0);
    };
    handler.drained = [&] {
        if (++m_drains != 1)
            return;
        other.send(ZapClient::request("NULL"));
        for (ZapMessage &message : m_messages)
            m_socket->reply(message, ok(), 0);
        m_messages.clear();
    };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    QCoreApplication::processEvents();
    for (int i = 0; i < 100; ++i) {
        m_received = m_drains = 0;
        client.send(ZapClient::request("NULL"));
        QVERIFY(!other.waitForReply().isEmpty());
        QVERIFY(!client.waitForReply().isEmpty());
        QCOMPARE(m_received, 2);
    }
}

void tst_ZapSocketBatches::handsOutInBatches()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    constexpr int Count = 1000;
    for (int i = 0; i < Count; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, Count, Timeout);
    QVERIFY(m_drains > Count / 128); // even with a fast handler
    QVERIFY(m_drains < Count); // the first batches are large, before the handler's speed is known
    int replies = 0;
    while (client.receive())
        ++replies;
    QCOMPARE(replies, Count);
}

// The speed of the handler is measured. tst_batchbudget tests how the size of a batch is derived
// from it, even after the handler has become faster.
void tst_ZapSocketBatches::adaptsBatchesToItsHandler()
{
    using namespace std::chrono_literals;
    ZapSocket::Handler handler;
    handler.received = [this](ZapMessage &message) {
        ++m_received;
        std::this_thread::sleep_for(1ms);
        m_socket->reply(message, ok(), 0);
    };
    handler.drained = [this] { ++m_drains; };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    const auto receive = [&](int requests) {
        m_received = m_drains = 0;
        for (int i = 0; i < requests; ++i)
            client.send(ZapClient::request("NULL"));
        QTRY_COMPARE_WITH_TIMEOUT(m_received, requests, Timeout);
    };
    receive(200); // until the speed of the handler is known
    receive(100);
    QVERIFY2(m_drains >= 90, QByteArray::number(m_drains).constData());
}

// Requests are handed out in order, grouped by peer.
void tst_ZapSocketBatches::handsOutTheRequestsOfAPeerTogether()
{
    ZapClient first(*m_context);
    ZapClient second(*m_context);
    ZapClient third(*m_context);
    open();
    const auto send = [&](ZapClient &client, const char *id) {
        client.send(ZapClient::request("NULL", {}, "d", "a", id));
    };
    send(first, "0"); // handed out alone, before the others are received
    for (const char *id : {"1", "2", "3"}) {
        send(first, id);
        if (*id < '2')
            send(second, id);
        if (*id < '3')
            send(third, id);
    }
    QTRY_COMPARE(m_messages.size(), size_t(7));
    QByteArrayList runs; // of requests of one peer, each with its ids
    QByteArray lastPeer;
    for (const ZapMessage &message : m_messages) {
        const QByteArray id = message.request()[RequestFrames::RequestId].toByteArray();
        const QByteArray path = message.returnPath();
        const QByteArray peer = path.left(path.size() - 10); // only the routing id
        if (peer != lastPeer || id == "1")
            runs.append(QByteArray());
        runs.last() += id;
        lastPeer = peer;
    }
    QCOMPARE(runs.first(), QByteArray("0"));
    std::sort(runs.begin(), runs.end());
    QCOMPARE(runs, QByteArrayList({"0", "1", "12", "123"}));
}

void tst_ZapSocketBatches::mayBeDeletedWhenDrained()
{
    ZapSocket::Handler handler;
    handler.received = [this](ZapMessage &message) { m_socket->reply(message, ok(), 0); };
    handler.drained = [this] { m_socket.reset(); };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QTRY_VERIFY(!m_socket);
    QVERIFY(!client.waitForReply().isEmpty());
}

void tst_ZapSocketBatches::handsOutTheRestInANestedEventLoop_data()
{
    QTest::addColumn<int>("requests");
    QTest::addColumn<int>("drain"); // the drain at whose end an event loop runs
    QTest::newRow("all were handed out") << 1 << 1;
    QTest::newRow("some are left") << 100 << 1;
    QTest::newRow("some are left by a drain that follows another one") << 1000 << 3;
}

void tst_ZapSocketBatches::handsOutTheRestInANestedEventLoop()
{
    QFETCH(const int, requests);
    QFETCH(const int, drain);
    ZapClient other(*m_context);
    ZapSocket::Handler handler;
    handler.received = [&](ZapMessage &message) {
        ++m_received;
        m_socket->reply(message, ok(), 0);
    };
    handler.drained = [&] {
        if (++m_drains != drain)
            return;
        QTRY_COMPARE_WITH_TIMEOUT(m_received, requests, Timeout); // without another event
        other.send(ZapClient::request("NULL"));
        QVERIFY(!other.waitForReply().isEmpty());
    };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    for (int i = 0; i < requests; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE_WITH_TIMEOUT(m_received, requests + 1, Timeout);
}

// The event loop runs during a batch: replies are sent, and the rest of the batch is not delayed.
void tst_ZapSocketBatches::continuesABatchInANestedEventLoop()
{
    ZapClient client(*m_context);
    constexpr int Count = 5;
    int repliesInside = 0;
    ZapSocket::Handler handler;
    handler.received = [&](ZapMessage &message) {
        const int number = m_received++;
        if (number != 1) {
            m_socket->reply(message, ok(), 0);
            return;
        }
        const bool wasInBatch = m_socket->pauseBatch();
        QVERIFY(wasInBatch);
        for (; repliesInside < Count - 1; ++repliesInside)
            QVERIFY(!client.waitForReply().isEmpty());
        m_socket->resumeBatch(wasInBatch);
        m_socket->reply(message, ok(), 0);
    };
    handler.drained = [this] { ++m_drains; };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    for (int i = 0; i < Count; ++i)
        client.send(ZapClient::request("NULL"));
    open();
    QTRY_COMPARE(m_received, Count);
    QCOMPARE(repliesInside, Count - 1);
    QVERIFY(!client.waitForReply().isEmpty());
}

QTEST_GUILESS_MAIN(tst_ZapSocketBatches)
#include "tst_zapsocketbatches.moc"
