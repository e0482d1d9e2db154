// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "waitingrequestsfixture.h"

#include "transport/zapsocket.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

using namespace QZap;
using namespace QZap::Internal;

// Tests how waiting ends without the expected answer: a request is not admitted, expires, is given
// up or superseded, or all of them are deleted. Each request is answered at most once.
class tst_WaitingRequestsEnd : public WaitingRequestsFixture
{
    Q_OBJECT

private Q_SLOTS:
    void admits_data();
    void admits();
    void admitsOnce();
    void expires_data();
    void expires();
    void givesUp_data();
    void givesUp();
    void answersInsteadOfGivingUp();
    void givesUpRequestsThatAreBeingAskedAbout();
    void shutsDown();
    void supersedes_data();
    void supersedes();
    void answersOthersWhileAsking();
    void isDeletedInForeignCode_data();
    void isDeletedInForeignCode();
};

void tst_WaitingRequestsEnd::admits_data()
{
    QTest::addColumn<int>("pendingDecisions");
    QTest::addColumn<int>("pendingPerAddress");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<QByteArray>("third");
    QTest::newRow("all") << 10 << 10 << QByteArray("waits") << QByteArray("waits");
    QTest::newRow("two") << 2 << 10 << QByteArray("waits") << QByteArray("3 300");
    QTest::newRow("one of an address") << 10 << 1 << QByteArray("2 300") << QByteArray("waits");
    QTest::newRow("none") << 0 << 10 << QByteArray("2 300") << QByteArray("3 300");
}

void tst_WaitingRequestsEnd::admits()
{
    QFETCH(const int, pendingDecisions);
    QFETCH(const int, pendingPerAddress);
    QFETCH(const QByteArray, second);
    QFETCH(const QByteArray, third);
    m_policy.limits.pendingDecisions = pendingDecisions;
    m_policy.limits.pendingPerAddress = pendingPerAddress;
    configure(Mechanism::Null, withProvider());
    deferAll();
    ask("1", "NULL", {}, "127.0.0.1");
    ask("2", "NULL", {}, "127.0.0.1");
    ask("3", "NULL", {}, "127.0.0.2");
    QCOMPARE(m_events.value(1), second);
    QCOMPARE(m_events.value(2), third);
    if (m_events.last().endsWith("300"))
        QCOMPARE(m_reason, QByteArray("Too many requests are pending"));
}

// A request that has already waited for a store is not counted again when it waits for a provider.
void tst_WaitingRequestsEnd::admitsOnce()
{
    m_policy.limits.pendingDecisions = 1;
    configure(Mechanism::Null, loading());
    ask();
    m_policy.limits.pendingDecisions = 0;
    configure(Mechanism::Null, withProvider());
    decide([](const QZapDecision &decision) { decision.accept(); });
    m_waiting->review();
    QCOMPARE(m_events, QByteArrayList({"waits", "1 200 anonymous"}));
}

void tst_WaitingRequestsEnd::expires_data()
{
    QTest::addColumn<int>("timeout");
    QTest::addColumn<int>("limit");
    QTest::newRow("the policy's timeout") << 10 << 0;
    QTest::newRow("a limit of its own") << 1000000 << 10;
}

void tst_WaitingRequestsEnd::expires()
{
    QFETCH(const int, timeout);
    QFETCH(const int, limit);
    m_policy.limits.decisionTimeout = timeout;
    configure(Mechanism::Null, withProvider());
    decide([&](const QZapDecision &decision) {
        decision.defer();
        m_decisions.append(decision);
    });
    const QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    ask();
    if (limit > 0)
        m_decisions.first().defer(limit);
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 300"}));
    QVERIFY2(m_reason.startsWith("The decision took too long: decisionTimeout"),
             m_reason.constData());
    QTRY_COMPARE(expired.size(), 1);
    QVERIFY(!m_decisions.first().accept());
}

void tst_WaitingRequestsEnd::givesUp_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::newRow("a store") << Mechanism::Null;
    QTest::newRow("a hash") << Mechanism::Plain;
    QTest::newRow("a provider") << Mechanism::Curve;
}

void tst_WaitingRequestsEnd::givesUp()
{
    QFETCH(const Mechanism, mechanism);
    deferAll();
    if (mechanism == Mechanism::Null) {
        configure(mechanism, loading());
        ask();
    } else if (mechanism == Mechanism::Plain) {
        configure(mechanism, withHash(m_hash));
        askAsBob("secret");
    } else {
        configure(mechanism, withProvider());
        ask("1", "CURVE", {QByteArray(32, 'k')});
    }
    QCOMPARE(m_waiting->count(), 1);
    m_waiting->giveUpAll(WaitingRequests::Origin::Socket, {});
    QCOMPARE(m_waiting->count(), 1); // the one from another sender
    m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
    QCOMPARE(m_waiting->count(), 0);
    QCOMPARE(m_events, QByteArrayList({"waits", "1 300"}));
    if (mechanism == Mechanism::Plain) {
        // One hash per address is checked at a time, so a second check shows that the first one was
        // canceled.
        askAsBob("secret");
        QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 300", "waits", "1 200 bob"}));
    }
}

void tst_WaitingRequestsEnd::answersInsteadOfGivingUp()
{
    configure(Mechanism::Null, withProvider());
    deferAll();
    ask();
    QVERIFY(m_decisions.first().accept());
    m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
    QCOMPARE(m_events, QByteArrayList({"waits", "1 200 anonymous"}));
    QCoreApplication::processEvents(); // delivers its notification
    QCOMPARE(m_events.size(), 2);
}

void tst_WaitingRequestsEnd::givesUpRequestsThatAreBeingAskedAbout()
{
    configure(Mechanism::Null, withProvider());
    configure(Mechanism::Curve, acceptsAll());
    decide([&](const QZapDecision &decision) {
        m_waiting->giveUpAll(WaitingRequests::Origin::Socket, {});
        QVERIFY(m_events.isEmpty());
        m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
        m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
        QVERIFY(!decision.accept());
    });
    ask("1");
    m_userId = [this] {
        m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
        return QByteArray("carol");
    };
    ask("2", "CURVE", {QByteArray(32, 'k')});
    QCOMPARE(m_events, QByteArrayList({"1 300", "2 300"}));
    QCOMPARE(m_waiting->count(), 0);
}

void tst_WaitingRequestsEnd::shutsDown()
{
    configure(Mechanism::Null, withProvider());
    deferAll();
    ask();
    QVERIFY(!m_waiting->isShutDown());
    m_waiting->shutDown(QStringLiteral("gone"));
    QVERIFY(m_waiting->isShutDown());
    QCOMPARE(m_events, QByteArrayList({"waits", "1 300"}));
    QVERIFY(!m_decisions.first().accept());
}

void tst_WaitingRequestsEnd::supersedes_data()
{
    QTest::addColumn<bool>("whileAsking");
    QTest::newRow("while it waits") << false;
    QTest::newRow("while a provider is asked") << true;
}

// libzmq sends a new request for a peer that has reconnected, and would take the reply to the old
// one as its answer.
void tst_WaitingRequestsEnd::supersedes()
{
    QFETCH(const bool, whileAsking);
    zmq::context_t context;
    std::vector<ZapMessage> messages;
    ZapSocket::Handler socketHandler;
    socketHandler.received = [&](ZapMessage &message) { messages.push_back(std::move(message)); };
    socketHandler.drained = [] {};
    ZapSocket socket(std::move(socketHandler));
    QVERIFY(socket.open(context.handle()).isOpen());
    ZapClient client(context);
    ZapClient other(context);
    client.send(ZapClient::request("NULL"));
    client.send(ZapClient::request("NULL"));
    other.send(ZapClient::request("NULL"));
    QTRY_COMPARE(messages.size(), size_t(3));
    const auto isOther = [path = messages.front().returnPath()](const ZapMessage &message) {
        return message.returnPath() != path; // the first one was received first
    };
    std::partition(messages.begin(), messages.end(), std::not_fn(isOther));
    QCOMPARE(messages.front().returnPath(), messages[1].returnPath());

    configure(Mechanism::Null, withProvider());
    const QSignalSpy expired(m_provider.get(), &QZapCredentialsProvider::expired);
    const auto askAnew = [&] {
        m_waiting->supersede(messages[2]); // of another peer
        QVERIFY(!m_events.contains("superseded"));
        m_waiting->supersede(messages[1]);
        m_waiting->supersede(messages[1]);
    };
    decide([&](const QZapDecision &decision) {
        decision.defer();
        if (whileAsking)
            askAnew();
        m_decisions.append(decision);
    });
    PendingRequest request;
    request.message = std::move(messages.front());
    settle(std::move(request));
    if (!whileAsking)
        askAnew();
    QCOMPARE(m_events.last(), QByteArray("superseded"));
    QCOMPARE(m_events.count("superseded"), 1);
    QCOMPARE(m_waiting->count(), 0);
    QVERIFY(!m_decisions.first().accept());
    QTRY_COMPARE(expired.size(), 1);
    QCOMPARE(m_events.last(), QByteArray("superseded"));
}

void tst_WaitingRequestsEnd::answersOthersWhileAsking()
{
    configure(Mechanism::Null, withProvider());
    int asked = 0;
    decide([&](const QZapDecision &decision) {
        if (++asked < 3)
            ask(QByteArray::number(asked + 1));
        decision.accept();
    });
    ask("1");
    QCOMPARE(m_events, QByteArrayList({"3 200 anonymous", "2 200 anonymous", "1 200 anonymous"}));
}

void tst_WaitingRequestsEnd::isDeletedInForeignCode_data()
{
    QTest::addColumn<int>("where");
    QTest::newRow("by a provider") << 0;
    QTest::newRow("by the user id hook") << 1;
    QTest::newRow("by an answer") << 2;
    QTest::newRow("by an answer, of a broken provider") << 3;
    QTest::newRow("by an answer, when reviewing") << 4;
    QTest::newRow("by an answer, when giving up") << 5;
    QTest::newRow("by an answer, of a deferred decision") << 6;
}

void tst_WaitingRequestsEnd::isDeletedInForeignCode()
{
    QFETCH(const int, where);
    configure(Mechanism::Null, withProvider());
    configure(Mechanism::Curve, acceptsAll());
    if (where == 1) {
        m_userId = [this] {
            m_waiting.reset();
            return QByteArray("carol");
        };
        ask("1", "CURVE", {QByteArray(32, 'k')});
        QVERIFY(m_events.isEmpty());
        return;
    }
    if (where != 0)
        m_whenFinished = [this] { m_waiting.reset(); };
    if (where >= 4) {
        configure(Mechanism::Null, where == 6 ? withProvider() : loading());
        deferAll();
        ask("1");
        ask("2");
        QCOMPARE(m_waiting->count(), 2);
    } else if (where != 3) {
        decide([&](const QZapDecision &decision) {
            decision.accept();
            if (where == 0)
                m_waiting.reset();
        });
    }
    if (where < 4) {
        ask("1");
    } else if (where == 4) {
        configure(Mechanism::Null, acceptsAll());
        m_waiting->review();
    } else if (where == 5) {
        m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
    } else {
        m_decisions.first().accept();
    }
    QTRY_VERIFY(!m_waiting);
    m_events.removeAll("waits");
    QCOMPARE(m_events.size(), where == 0 ? 0 : 1);
    QVERIFY(!m_events.contains("provider failed"));
}

QTEST_GUILESS_MAIN(tst_WaitingRequestsEnd)
#include "tst_waitingrequestsend.moc"
