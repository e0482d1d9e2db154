// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapclient.h"
#include "zapsocketfixture.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

// Tests opening and closing, the contents of replies, and the wiping of credentials.
class tst_ZapSocket : public QObject, ZapSocketFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void refusesASecondSocket();
    void opensAgainAtOnce();
    void mayBeClosedInItsHandler();
    void reportsTheEndOfItsContext();
    void doesNotBlockContextTermination();

    void answersInAnyOrder();
    void echoesTheEnvelope();
    void repliesInItsOwnVersion_data();
    void repliesInItsOwnVersion();
    void countsFramesBeyondTheLimit();
    void reportsRepliesThatReachNobody_data();
    void reportsRepliesThatReachNobody();
    void boundsUnreadReplies_data();
    void boundsUnreadReplies();

    void wipesCredentials_data();
    void wipesCredentials();
    void leavesConstantCredentialsAlone();
};

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

void tst_ZapSocket::mayBeClosedInItsHandler()
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

void tst_ZapSocket::reportsTheEndOfItsContext()
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

// RFC 27: the version in a reply is the version of the reply's format.
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
    // The two requests have the same return path.
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

// A requester in this process may send requests and never read the replies.
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
    // After it has read, it is answered again.
    while (client.receive()) { }
    const int before = undelivered;
    client.send(ZapClient::request("NULL"));
    QVERIFY(!client.waitForReply().isEmpty());
    QCOMPARE(undelivered, before);
}

void tst_ZapSocket::wipesCredentials_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArrayList>("credentials");
    QTest::addColumn<bool>("areWiped");
    const QByteArray key(32, 'k');
    QTest::newRow("a password") << QByteArray("PLAIN") << QByteArrayList{"bob", "secret"} << true;
    QTest::newRow("a long password")
        << QByteArray("PLAIN") << QByteArrayList{"bob", QByteArray(200, 'p')} << true;
    QTest::newRow("three credentials")
        << QByteArray("PLAIN") << QByteArrayList{"bob", "secret", "secret"} << true;
    QTest::newRow("an unknown mechanism") << QByteArray("OTHER") << QByteArrayList{key} << true;
    QTest::newRow("a password as long as a key")
        << QByteArray("PLAIN") << QByteArrayList{key} << true;
    QTest::newRow("no key") << QByteArray("CURVE") << QByteArrayList{"secret"} << true;
    QTest::newRow("a key and more") << QByteArray("CURVE") << QByteArrayList{key, key} << true;
    QTest::newRow("a public key") << QByteArray("CURVE") << QByteArrayList{key} << false;
}

void tst_ZapSocket::wipesCredentials()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArrayList, credentials);
    QFETCH(const bool, areWiped);
    open();
    ZapClient client(*m_context);
    client.send(ZapClient::request(mechanism, credentials));
    QTRY_COMPARE(m_messages.size(), size_t(1));
    m_messages.front().wipeCredentials();
    const RequestFrames request = m_messages.front().request();
    QCOMPARE(request[RequestFrames::MechanismName], QByteArrayView(mechanism));
    QCOMPARE(request.count(), RequestFrames::Credentials + credentials.size());
    for (qsizetype i = 0; i < credentials.size(); ++i) {
        const QByteArray wiped(credentials[i].size(), '\0');
        QCOMPARE(request[RequestFrames::Credentials + i],
                 QByteArrayView(areWiped ? wiped : credentials[i]));
    }
}

// A frame may be in constant memory of a sender in this process: writing to it would crash.
void tst_ZapSocket::leavesConstantCredentialsAlone()
{
    open();
    static const char constant[] = "a password in constant memory, longer than a small frame is";
    zmq::socket_t dealer(*m_context, zmq::socket_type::dealer);
    dealer.set(zmq::sockopt::linger, 0);
    dealer.connect("inproc://zeromq.zap.01");
    for (const char *frame : {"", "1.0", "1", "d", "a", "", "PLAIN", "bob"})
        dealer.send(zmq::buffer(frame, std::strlen(frame)), zmq::send_flags::sndmore);
    QCOMPARE(zmq_send_const(dealer.handle(), constant, std::strlen(constant), 0),
             static_cast<int>(std::strlen(constant)));
    QTRY_COMPARE(m_messages.size(), size_t(1));
    m_messages.front().wipeCredentials();
    QCOMPARE(m_messages.front().request()[7], QByteArrayView(constant));
}

QTEST_GUILESS_MAIN(tst_ZapSocket)
#include "tst_zapsocket.moc"
