// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/zapsocket.h"

#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace QZap::Internal;

// The socket alone, with a handler that answers when the test says so.
class tst_ZapSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void answersInTheDrain();
    void answersOutsideADrain();
    void answersRequestsReceivedBeforeTheLoop();
    void answersInAnyOrder();
    void handsOutInBatches();
    void adaptsBatchesToItsHandler();
    void handsOutTheRequestsOfAPeerTogether();
    void losesNoRequestThatArrivesAfterADrain_data();
    void losesNoRequestThatArrivesAfterADrain();
    void echoesTheEnvelope();
    void repliesInItsOwnVersion_data();
    void repliesInItsOwnVersion();
    void countsFramesBeyondTheLimit();
    void reportsRepliesThatReachNobody_data();
    void reportsRepliesThatReachNobody();
    void boundsUnreadReplies_data();
    void boundsUnreadReplies();
    void wipesCredentials();
    void leavesSharedCredentialsAlone();
    void refusesASecondSocket();
    void opensAgainAtOnce();
    void closesInTheHandler();
    void isDeletedWhenDrained();
    void survivesANestedEventLoop_data();
    void survivesANestedEventLoop();
    void continuesInANestedEventLoop();
    void endsWithItsContext();
    void doesNotBlockContextTermination();

private:
    std::unique_ptr<ZapSocket> makeSocket();
    void open();
    static Reply ok() { return {"200", "OK", "bob", {}}; }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<ZapSocket> m_socket;
    std::vector<ZapMessage> m_messages; // received, to be answered later
    bool m_answerAtOnce = false;
    int m_received = 0;
    int m_drains = 0;
    int m_terminations = 0;
};

void tst_ZapSocket::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_messages.clear();
    m_answerAtOnce = false;
    m_received = m_drains = m_terminations = 0;
    m_socket = makeSocket();
}

void tst_ZapSocket::cleanup()
{
    m_messages.clear();
    m_socket.reset();
    m_context.reset();
}

std::unique_ptr<ZapSocket> tst_ZapSocket::makeSocket()
{
    ZapSocket::Handler handler;
    handler.received = [this](ZapMessage &message) {
        ++m_received;
        if (m_answerAtOnce)
            m_socket->reply(message, ok(), 0);
        else
            m_messages.push_back(std::move(message));
    };
    handler.drained = [this] { ++m_drains; };
    handler.terminated = [this] { ++m_terminations; };
    return std::make_unique<ZapSocket>(std::move(handler));
}

void tst_ZapSocket::open()
{
    const ZapSocket::Opening opening = m_socket->open(m_context->handle());
    QCOMPARE(opening.problem.text(), QString());
    QVERIFY(opening.isOpen());
}

void tst_ZapSocket::answersInTheDrain()
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

// The reply consumes the descriptor's signal of a request that has arrived meanwhile.
void tst_ZapSocket::answersOutsideADrain()
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

void tst_ZapSocket::answersRequestsReceivedBeforeTheLoop()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    QVERIFY(!client.waitForReply().isEmpty());
}

void tst_ZapSocket::answersInAnyOrder()
{
    open();
    ZapClient client(*m_context);
    for (const char *id : {"a", "b", "c"})
        client.send(ZapClient::request("NULL", {}, "d", "a", id));
    QTRY_COMPARE(m_messages.size(), size_t(3));
    m_socket->reply(m_messages[2], ok(), 0);
    m_socket->reply(m_messages[0], ok(), 0);
    m_socket->reply(m_messages[1], ok(), 0);
    for (const char *id : {"c", "a", "b"}) {
        QByteArrayList reply;
        reply = client.waitForReply();
        QCOMPARE(reply.at(1), QByteArray(id));
    }
}

void tst_ZapSocket::handsOutInBatches()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    constexpr int Count = 1000;
    for (int i = 0; i < Count; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_received, Count);
    QVERIFY(m_drains > Count / 128); // however fast it is
    int replies = 0;
    while (client.receive())
        ++replies;
    QCOMPARE(replies, Count);
}

// The batch size adapts to the speed of the handler, and a slow batch is forgotten eventually.
void tst_ZapSocket::adaptsBatchesToItsHandler()
{
    using namespace std::chrono_literals;
    std::chrono::microseconds pause{0};
    ZapSocket::Handler handler;
    handler.received = [&](ZapMessage &message) {
        ++m_received;
        if (pause > 0us)
            std::this_thread::sleep_for(pause);
        m_socket->reply(message, ok(), 0);
    };
    handler.drained = [this] { ++m_drains; };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    const auto drainsFor = [&](int requests) {
        m_received = m_drains = 0;
        for (int i = 0; i < requests; ++i)
            client.send(ZapClient::request("NULL"));
        [&] { QTRY_COMPARE(m_received, requests); }();
        return m_drains;
    };
    pause = 1ms;
    (void)drainsFor(200); // until it has measured the handler
    const int slowDrains = drainsFor(100);
    QVERIFY2(slowDrains >= 90, QByteArray::number(slowDrains).constData());
    pause = 0us;
    (void)drainsFor(1000);
    const int fastDrains = drainsFor(1000);
    QVERIFY2(fastDrains < 900, QByteArray::number(fastDrains).constData());
}

// In order, grouped by the peers' first requests.
void tst_ZapSocket::handsOutTheRequestsOfAPeerTogether()
{
    ZapClient first(*m_context);
    ZapClient second(*m_context);
    open();
    const auto send = [&](ZapClient &client, const char *id) {
        client.send(ZapClient::request("NULL", {}, "d", "a", id));
    };
    send(first, "0"); // alone, before the others are looked for
    for (const char *id : {"1", "2", "3"}) {
        send(first, id);
        send(second, id);
    }
    QTRY_COMPARE(m_messages.size(), size_t(7));
    QByteArray order;
    QByteArrayList peers;
    for (const ZapMessage &message : m_messages) {
        order += message.request()[1].toByteArray();
        const QByteArray path = message.returnPath();
        const QByteArray peer = path.left(path.size() - 10); // only the routing id
        if (peers.isEmpty() || peers.last() != peer)
            peers.append(peer);
    }
    QVERIFY2(order == "0123123", order.constData());
    // The first peer alone, then one peer after the other.
    QVERIFY2(peers.size() <= 3, QByteArray::number(peers.size()).constData());
}

void tst_ZapSocket::losesNoRequestThatArrivesAfterADrain_data()
{
    QTest::addColumn<bool>("answersLate");
    QTest::newRow("a request") << false;
    QTest::newRow("a request and then a reply") << true;
}

// Between the last check for requests and the event loop.
void tst_ZapSocket::losesNoRequestThatArrivesAfterADrain()
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

void tst_ZapSocket::echoesTheEnvelope()
{
    m_answerAtOnce = true;
    open();
    ZapClient client(*m_context);
    client.sendRaw(QByteArrayList{"hop 1", "hop 2", ""} + ZapClient::request("NULL"));
    QByteArrayList reply;
    reply = client.waitForRawReply();
    QCOMPARE(reply, QByteArrayList({"hop 1", "hop 2", "", "1.0", "1", "200", "OK", "bob", ""}));
}

void tst_ZapSocket::repliesInItsOwnVersion_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::newRow("the same") << QByteArray("1.0");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("1.1") << QByteArray("1.1");
    QTest::newRow("2.0") << QByteArray("2.0");
    QTest::newRow("followed by a NUL") << QByteArray("1.0\0", 4);
    QTest::newRow("long") << QByteArray(100000, '1');
    QTest::newRow("binary") << QByteArray("\xff\0\n\x80", 4);
}

// RFC 27: the version of a reply is that of the reply's format.
void tst_ZapSocket::repliesInItsOwnVersion()
{
    QFETCH(const QByteArray, version);
    open();
    ZapClient client(*m_context);
    QByteArrayList request = ZapClient::request("NULL");
    request[0] = version;
    client.sendRaw(QByteArrayList{"hop", ""} + request);
    client.sendRaw(QByteArrayList{"hop", ""} + ZapClient::request("NULL"));
    QTRY_COMPARE(m_messages.size(), size_t(2));
    QCOMPARE(m_messages[0].request()[0], QByteArrayView(version));
    // Their replies cannot be distinguished.
    QCOMPARE(m_messages[0].returnPath(), m_messages[1].returnPath());
    for (ZapMessage &message : m_messages) {
        m_socket->reply(message, ok(), 0);
        const QByteArrayList reply = client.waitForRawReply();
        QCOMPARE(reply, QByteArrayList({"hop", "", "1.0", "1", "200", "OK", "bob", ""}));
    }
}

void tst_ZapSocket::countsFramesBeyondTheLimit()
{
    open();
    ZapClient client(*m_context);
    QByteArrayList frames{"", "1.0", "1"};
    for (int i = 0; i < 5000; ++i)
        frames.append("x");
    client.sendRaw(frames);
    client.sendRaw(frames.mid(1)); // without a delimiter
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_messages.size(), size_t(3));
    QCOMPARE(m_messages[0].request().sentCount(), qsizetype(5002));
    QVERIFY(m_messages[0].request().count() < 40);
    QCOMPARE(m_messages[1].request().count(), qsizetype(0));
    QCOMPARE(m_messages[2].request().count(), qsizetype(6));
    for (ZapMessage &message : m_messages)
        m_socket->reply(message, ok(), 0);
    QByteArrayList reply;
    reply = client.waitForRawReply();
    QCOMPARE(reply, QByteArrayList({"", "1.0", "1", "200", "OK", "bob", ""}));
    QVERIFY(!client.waitForReply().isEmpty());
}

void tst_ZapSocket::reportsRepliesThatReachNobody_data()
{
    QTest::addColumn<bool>("areTogether");
    QTest::newRow("one by one") << false;
    QTest::newRow("in a batch") << true;
}

void tst_ZapSocket::reportsRepliesThatReachNobody()
{
    QFETCH(const bool, areTogether);
    QList<size_t> undelivered;
    ZapSocket::Handler handler;
    auto client = std::make_unique<ZapClient>(*m_context);
    ZapClient other(*m_context);
    handler.received = [&](ZapMessage &message) { m_messages.push_back(std::move(message)); };
    handler.drained = [] {};
    handler.undelivered = [&](size_t receipt) { undelivered.append(receipt); };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    client->send(ZapClient::request("NULL"));
    other.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_messages.size(), size_t(2));
    client->disconnect();
    other.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_messages.size(), size_t(3));
    if (areTogether)
        m_socket->resumeBatch(true);
    m_socket->reply(m_messages[0], ok(), 7);
    m_socket->reply(m_messages[1], ok(), 8);
    if (areTogether)
        (void)m_socket->pauseBatch();
    QVERIFY(!other.waitForReply().isEmpty());
    QCOMPARE(undelivered, QList<size_t>{7});
}

void tst_ZapSocket::boundsUnreadReplies_data()
{
    QTest::addColumn<int>("requesterMark");
    QTest::newRow("requester's mark") << 1000;
    QTest::newRow("requester without a mark") << 0;
}

// A requester in this process may send and never read.
void tst_ZapSocket::boundsUnreadReplies()
{
    QFETCH(const int, requesterMark);
    constexpr int Count = 20000;
    QEventLoop loop;
    int undelivered = 0;
    ZapSocket::Handler handler;
    handler.received = [&](ZapMessage &message) {
        m_socket->reply(message, ok(), 0);
        if (++m_received == Count)
            loop.quit();
    };
    handler.drained = [] {};
    handler.undelivered = [&](size_t) { ++undelivered; };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context, requesterMark);
    ZapClient other(*m_context);
    for (int i = 0; i < Count; ++i)
        client.send(ZapClient::request("NULL"));
    QTimer::singleShot(60000, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE(m_received, Count);
    QVERIFY2(undelivered > 1000 && undelivered < Count, qPrintable(QString::number(undelivered)));
    other.send(ZapClient::request("NULL"));
    QVERIFY(!other.waitForReply().isEmpty());
    // Once it reads, it is answered again.
    while (client.receive()) { }
    const int before = undelivered;
    client.send(ZapClient::request("NULL"));
    QVERIFY(!client.waitForReply().isEmpty());
    QCOMPARE(undelivered, before);
}

void tst_ZapSocket::wipesCredentials()
{
    open();
    ZapClient client(*m_context);
    const QByteArray longPassword(200, 'p');
    client.send(ZapClient::request("PLAIN", {"bob", longPassword}));
    QTRY_COMPARE(m_messages.size(), size_t(1));
    const ZapMessage &message = m_messages.front();
    QCOMPARE(message.request()[7], QByteArrayView(longPassword));
    m_messages.front().wipeCredentials();
    QCOMPARE(message.request()[6], QByteArrayView(QByteArray(3, '\0')));
    QCOMPARE(message.request()[7], QByteArrayView(QByteArray(200, '\0')));
    QCOMPARE(message.request()[5], QByteArrayView("PLAIN"));
}

// A frame may be in constant memory of a sender in this process: writing to it would crash.
void tst_ZapSocket::leavesSharedCredentialsAlone()
{
    open();
    static const char constant[] = "a password in constant memory, longer than a small frame is";
    zmq::socket_t dealer(*m_context, zmq::socket_type::dealer);
    dealer.set(zmq::sockopt::linger, 0);
    dealer.connect("inproc://zeromq.zap.01");
    for (const char *frame : {"", "1.0", "1", "d", "a", "", "PLAIN", "bob"})
        dealer.send(zmq::buffer(frame, strlen(frame)), zmq::send_flags::sndmore);
    QCOMPARE(zmq_send_const(dealer.handle(), constant, strlen(constant), 0),
             static_cast<int>(strlen(constant)));
    QTRY_COMPARE(m_messages.size(), size_t(1));
    m_messages.front().wipeCredentials();
    QCOMPARE(m_messages.front().request()[7], QByteArrayView(constant));
}

void tst_ZapSocket::refusesASecondSocket()
{
    open();
    auto second = makeSocket();
    const ZapSocket::Opening opening = second->open(m_context->handle());
    QCOMPARE(opening.error, ZapSocket::OpenError::AddressInUse);
    QVERIFY(opening.problem.text().contains(QStringLiteral("Another ZAP handler")));
    QVERIFY(!second->isOpen());
    m_socket->close(0);
    QVERIFY(second->open(m_context->handle()).isOpen());
}

void tst_ZapSocket::opensAgainAtOnce()
{
    m_answerAtOnce = true;
    for (int i = 0; i < 200; ++i) {
        open();
        ZapClient client(*m_context);
        client.send(ZapClient::request("NULL"));
        m_socket->close(1000); // answers received requests
        QVERIFY(!m_socket->isOpen());
        QVERIFY(!client.waitForReply().isEmpty());
    }
    QCOMPARE(m_received, 200);
}

void tst_ZapSocket::closesInTheHandler()
{
    ZapSocket::Handler handler;
    handler.received = [this](ZapMessage &message) {
        ++m_received;
        m_socket->close(0);
        m_socket->reply(message, ok(), 0); // does nothing
    };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    client.send(ZapClient::request("NULL"));
    client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_received, 1);
    QVERIFY(!m_socket->isOpen());
    QCoreApplication::processEvents();
    QCOMPARE(m_received, 1);
}

void tst_ZapSocket::isDeletedWhenDrained()
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

void tst_ZapSocket::survivesANestedEventLoop_data()
{
    QTest::addColumn<int>("requests");
    QTest::addColumn<int>("drain"); // the one at whose end an event loop runs
    QTest::newRow("all were handed out") << 1 << 1;
    QTest::newRow("some are left") << 100 << 1;
    QTest::newRow("some are left by a drain that follows another one") << 1000 << 3;
}

void tst_ZapSocket::survivesANestedEventLoop()
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
        QTRY_COMPARE(m_received, requests); // without a new event for them
        other.send(ZapClient::request("NULL"));
        QVERIFY(!other.waitForReply().isEmpty());
    };
    m_socket = std::make_unique<ZapSocket>(std::move(handler));
    open();
    ZapClient client(*m_context);
    for (int i = 0; i < requests; ++i)
        client.send(ZapClient::request("NULL"));
    QTRY_COMPARE(m_received, requests + 1);
}

// During a batch: replies are sent, and the rest of the batch is not delayed.
void tst_ZapSocket::continuesInANestedEventLoop()
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

void tst_ZapSocket::endsWithItsContext()
{
    open();
    QCoreApplication::processEvents();
    m_context->shutdown();
    QTRY_COMPARE(m_terminations, 1);
    QVERIFY(!m_socket->isOpen());
    const ZapSocket::Opening opening = m_socket->open(m_context->handle());
    QCOMPARE(opening.error, ZapSocket::OpenError::ContextUnusable);
    QVERIFY(opening.problem);
}

// zmq_ctx_term() waits in its thread until the socket has been closed.
void tst_ZapSocket::doesNotBlockContextTermination()
{
    open();
    QCoreApplication::processEvents();
    std::atomic<bool> done{false};
    std::thread thread([&] {
        m_context->close();
        done = true;
    });
    QTRY_VERIFY(done);
    thread.join();
    QCOMPARE(m_terminations, 1);
}

QTEST_GUILESS_MAIN(tst_ZapSocket)
#include "tst_zapsocket.moc"
