// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waitingrequests.h"

#include "zapclient.h"

#include "credentials/stores/passwordhash.h"
#include "providers/providerlink.h"
#include "transport/zapsocket.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

using namespace QZap;
using namespace QZap::Internal;
using namespace std::chrono_literals;

// The slow path alone: whatever a request waits for, and whatever happens meanwhile, it is answered
// once, as the policy of that moment says.
class tst_WaitingRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void waitsForAStore();
    void checksAHash_data();
    void checksAHash();
    void checksAChangedHashAnew();
    void asksAProvider_data();
    void asksAProvider();
    void thePolicyChangesMeanwhile_data();
    void thePolicyChangesMeanwhile();
    void thePolicyChangesBeforeAProviderIsAsked();
    void asksForTheUserIdFirst();
    void reportsABrokenProviderAfterItsAnswer();

    void admits_data();
    void admits();
    void admitsOnce();
    void expires_data();
    void expires();
    void givesUp_data();
    void givesUp();
    void answersInsteadOfGivingUp();
    void givesUpWhatIsBeingAsked();
    void shutsDown();

    void supersedes_data();
    void supersedes();
    void answersOthersWhileAsking();
    void isDeletedInSomebodyElsesCode_data();
    void isDeletedInSomebodyElsesCode();

private:
    using Decide = std::function<void(const QZapDecision &)>;

    void publish() { m_policies.publish(std::make_shared<Policy>(m_policy)); }
    void lockDown()
    {
        m_policy.lockdown = true;
        publish();
    }
    void configure(Mechanism mechanism, const DomainPolicy &domain)
    {
        auto table = std::make_shared<DomainTable>(*m_policy.domains);
        table->insert("test", mechanism, std::make_shared<DomainPolicy>(domain));
        m_policy.domains = table;
        publish();
    }
    static DomainPolicy acceptsAll()
    {
        DomainPolicy domain;
        domain.state = DomainPolicy::State::Ready;
        domain.acceptsAll = true;
        return domain;
    }
    static DomainPolicy loading()
    {
        DomainPolicy domain;
        domain.state = DomainPolicy::State::Loading;
        return domain;
    }
    static DomainPolicy withHash(const QByteArray &hash)
    {
        DomainPolicy domain = acceptsAll();
        auto passwords = std::make_shared<PasswordStore>();
        passwords->insertHash("bob", hash);
        domain.passwords = passwords;
        return domain;
    }
    DomainPolicy withProvider() const
    {
        DomainPolicy domain = acceptsAll();
        domain.provider = m_link;
        return domain;
    }
    void decide(const Decide &function)
    {
        connect(m_provider.get(), &QZapCredentialsProvider::authenticating, this, function);
    }
    void deferAll()
    {
        decide([this](const QZapDecision &decision) {
            decision.defer();
            m_decisions.append(decision);
        });
    }

    WaitingRequests::Handler handler();
    void settle(PendingRequest request);
    // Asks without a socket; the request id tells the answers apart.
    void ask(const QByteArray &id = "1", const QByteArray &mechanism = "NULL",
             const QByteArrayList &credentials = {}, const QByteArray &address = "127.0.0.1")
    {
        PendingRequest request;
        request.rawFrames = ZapClient::request(mechanism, credentials, "test", address, id);
        request.promise = std::make_shared<QPromise<QByteArrayList>>();
        settle(std::move(request));
    }
    void askAsBob(const QByteArray &password) { ask("1", "PLAIN", {"bob", password}); }

    Policy m_policy;
    PolicyPublisher m_policies;
    PasswordCache m_verified;
    std::unique_ptr<Evaluator> m_evaluator;
    std::unique_ptr<WaitingRequests> m_waiting;
    std::unique_ptr<QZapCredentialsProvider> m_provider;
    ProviderPointer m_link;
    QList<QZapDecision> m_decisions;
    std::function<std::optional<QByteArray>()> m_userId; // nobody is asked if it is empty
    std::function<void()> m_whenFinished;
    QByteArray m_hash; // of "secret"
    // What has happened, in its order: "<request id> <status> <user id>" for an answer.
    QByteArrayList m_events;
    QByteArray m_reason; // of the last answer
};

void tst_WaitingRequests::initTestCase()
{
    m_hash = PasswordHash::make("secret", {8, 1});
    QVERIFY(!m_hash.isEmpty());
}

void tst_WaitingRequests::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_policy = {};
    publish();
    m_verified.clear();
    m_userId = nullptr;
    m_whenFinished = nullptr;
    m_events.clear();
    m_provider = std::make_unique<QZapCredentialsProvider>();
    m_link = std::make_shared<ProviderLink>(m_provider.get());
    m_evaluator =
        std::make_unique<Evaluator>(m_policies, m_verified, [this] { return m_userId != nullptr; });
    m_waiting = std::make_unique<WaitingRequests>(nullptr, *m_evaluator, m_verified, handler());
}

void tst_WaitingRequests::cleanup()
{
    m_waiting.reset();
    m_decisions.clear();
    m_link->close();
    m_provider.reset();
}

WaitingRequests::Handler tst_WaitingRequests::handler()
{
    WaitingRequests::Handler handler;
    handler.finish = [this](const Evaluation &evaluation, PendingRequest &) {
        m_reason = evaluation.verdict.reason;
        QByteArray event = evaluation.request.requestId.toByteArray() + ' '
                           + statusCode(evaluation.verdict.status).toByteArray();
        if (evaluation.verdict.status == Status::Success)
            event += ' ' + evaluation.sentUserId.toByteArray();
        m_events.append(event);
        if (m_whenFinished)
            m_whenFinished();
    };
    handler.superseded = [this] { m_events.append("superseded"); };
    handler.waits = [this] { m_events.append("waits"); };
    handler.runOutside = [this](const std::function<void()> &code) {
        const QPointer<WaitingRequests> guard(m_waiting.get());
        code();
        return !guard.isNull();
    };
    handler.curveUserId = [this](QByteArrayView) { return m_userId(); };
    handler.providerFailed = [this](const QString &) { m_events.append("provider failed"); };
    return handler;
}

void tst_WaitingRequests::settle(PendingRequest request)
{
    Evaluation evaluation = request.isRaw() ? m_evaluator->evaluate(request.rawFrames)
                                            : m_evaluator->evaluate(request.message.request());
    m_waiting->settle(std::move(evaluation), std::move(request));
}

void tst_WaitingRequests::waitsForAStore()
{
    configure(Mechanism::Null, loading());
    ask("1");
    ask("2");
    QCOMPARE(m_events, QByteArrayList({"waits", "waits"}));
    QCOMPARE(m_waiting->count(), 2);
    m_waiting->review(); // still loading
    QCOMPARE(m_waiting->count(), 2);
    m_events.clear();
    configure(Mechanism::Null, acceptsAll());
    QVERIFY(m_events.isEmpty());
    m_waiting->review();
    QCOMPARE(m_events, QByteArrayList({"1 200 anonymous", "2 200 anonymous"}));
    QCOMPARE(m_waiting->count(), 0);
}

void tst_WaitingRequests::checksAHash_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("isRemembered");
    QTest::newRow("right") << QByteArray("secret") << QByteArray("1 200 bob") << true;
    QTest::newRow("wrong") << QByteArray("wrong") << QByteArray("1 400") << false;
}

void tst_WaitingRequests::checksAHash()
{
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, answer);
    QFETCH(const bool, isRemembered);
    configure(Mechanism::Plain, withHash(m_hash));
    askAsBob(password);
    QCOMPARE(m_events, QByteArrayList{"waits"});
    QTRY_COMPARE(m_events, QByteArrayList({"waits", answer}));
    m_events.clear();
    askAsBob(password);
    QCOMPARE(m_events.first(), isRemembered ? answer : QByteArray("waits"));
}

void tst_WaitingRequests::checksAChangedHashAnew()
{
    configure(Mechanism::Plain, withHash(m_hash));
    askAsBob("secret");
    configure(Mechanism::Plain, withHash(PasswordHash::make("other", {8, 1})));
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "waits", "1 400"}));
}

void tst_WaitingRequests::asksAProvider_data()
{
    QTest::addColumn<QZapReply>("reply");
    QTest::addColumn<bool>("isDeferred");
    QTest::addColumn<QByteArray>("answer");
    const QZapReply accept = QZapReply::accept(QStringLiteral("carol"));
    const QZapReply reject = QZapReply::reject(QStringLiteral("no"));
    const QZapReply retryLater = QZapReply::retryLater(QStringLiteral("no"));
    QTest::newRow("accepts at once") << accept << false << QByteArray("1 200 carol");
    QTest::newRow("accepts later") << accept << true << QByteArray("1 200 carol");
    QTest::newRow("rejects at once") << reject << false << QByteArray("1 400");
    QTest::newRow("rejects later") << reject << true << QByteArray("1 400");
    QTest::newRow("retries later at once") << retryLater << false << QByteArray("1 300");
    QTest::newRow("retries later, later") << retryLater << true << QByteArray("1 300");
}

void tst_WaitingRequests::asksAProvider()
{
    QFETCH(const QZapReply, reply);
    QFETCH(const bool, isDeferred);
    QFETCH(const QByteArray, answer);
    configure(Mechanism::Null, withProvider());
    const auto answerIt = [&reply](const QZapDecision &decision) {
        if (reply.status() == Status::Success)
            decision.accept(reply.userId());
        else if (reply.status() == Status::TemporaryError)
            decision.retryLater(reply.statusText());
        else
            decision.reject(reply.statusText());
    };
    if (!isDeferred) {
        decide(answerIt);
        ask();
        QCOMPARE(m_events, QByteArrayList{answer});
        return;
    }
    deferAll();
    ask();
    QCOMPARE(m_events, QByteArrayList{"waits"});
    answerIt(m_decisions.first());
    QCOMPARE(m_waiting->count(), 1); // the news of it come by the event loop
    QTRY_COMPARE(m_events, QByteArrayList({"waits", answer}));
    QCOMPARE(m_waiting->count(), 0);
}

void tst_WaitingRequests::thePolicyChangesMeanwhile_data()
{
    QTest::addColumn<bool>("isDeferred");
    QTest::addColumn<std::function<void()>>("change");
    QTest::addColumn<QByteArray>("reason");
    const auto add = [](const char *name, const std::function<void()> &change, const char *reason) {
        QTest::addRow("%s, at once", name) << false << change << QByteArray(reason);
        QTest::addRow("%s, later", name) << true << change << QByteArray(reason);
    };
    add(
        "lockdown", [this] { lockDown(); }, "The authenticator is locked down");
    add(
        "no provider", [this] { configure(Mechanism::Null, acceptsAll()); },
        "The credentials provider is not the same any more");
    add(
        "another provider",
        [this] {
            DomainPolicy other = acceptsAll();
            other.provider = std::make_shared<ProviderLink>(m_provider.get());
            configure(Mechanism::Null, other);
        },
        "The credentials provider is not the same any more");
    add(
        "the provider goes", [this] { m_link->close(); },
        "The credentials provider is not the same any more");
    add(
        "nothing that matters", [this] { publish(); }, "OK");
}

void tst_WaitingRequests::thePolicyChangesMeanwhile()
{
    QFETCH(const bool, isDeferred);
    QFETCH(const std::function<void()>, change);
    QFETCH(const QByteArray, reason);
    configure(Mechanism::Null, withProvider());
    const bool isAccepted = reason == "OK";
    if (isDeferred) {
        deferAll();
        ask();
        change();
        m_decisions.first().accept();
    } else {
        decide([&change](const QZapDecision &decision) {
            decision.accept();
            change();
        });
        ask();
    }
    const QByteArray answer = isAccepted ? "1 200 anonymous" : "1 300";
    QTRY_COMPARE(m_events.last(), answer);
    if (!isAccepted)
        QCOMPARE(m_reason, reason);
    QCOMPARE(m_events.size(), isDeferred ? 2 : 1);
}

// As another thread may change it: the request's evaluation views a store that nobody else has.
void tst_WaitingRequests::thePolicyChangesBeforeAProviderIsAsked()
{
    const QByteArray key(32, 'k');
    const QByteArray longId(200, 'c');
    KeyStore::Builder builder;
    builder.add(reinterpret_cast<const uchar *>(key.constData()), longId);
    DomainPolicy domain = withProvider();
    domain.acceptsAll = false;
    domain.keys = builder.build();
    configure(Mechanism::Curve, domain);
    const std::weak_ptr<const KeyStore> keys = std::exchange(domain.keys, nullptr);
    QString proposed;
    decide([&proposed](const QZapDecision &decision) {
        proposed = decision.userId();
        decision.accept();
    });

    PendingRequest request;
    request.rawFrames = ZapClient::request("CURVE", {key});
    request.promise = std::make_shared<QPromise<QByteArrayList>>();
    Evaluation evaluation = m_evaluator->evaluate(request.rawFrames);
    domain.acceptsAll = true;
    configure(Mechanism::Curve, domain);
    QVERIFY(!keys.expired());
    m_waiting->settle(std::move(evaluation), std::move(request));
    QCOMPARE(proposed, QString::fromLatin1(longId));
    QVERIFY(keys.expired()); // its answer was applied to the policy of that moment
    QCOMPARE(m_events.size(), 1);
    QVERIFY(m_events.first().startsWith("1 200 "));
    QVERIFY(!m_events.first().contains(longId));
}

// Each is asked once, however often the policy changes meanwhile.
void tst_WaitingRequests::asksForTheUserIdFirst()
{
    configure(Mechanism::Curve, withProvider());
    int asked = 0;
    m_userId = [&] {
        ++asked;
        publish();
        return QByteArray("carol");
    };
    QString proposed;
    decide([&](const QZapDecision &decision) {
        publish();
        proposed = decision.userId();
        decision.accept();
    });
    ask("1", "CURVE", {QByteArray(32, 'k')});
    QCOMPARE(m_events, QByteArrayList{"1 200 carol"});
    QCOMPARE(proposed, QStringLiteral("carol"));
    QCOMPARE(asked, 1);
    m_userId = [] { return std::nullopt; };
    ask("2", "CURVE", {QByteArray(32, 'k')});
    QCOMPARE(m_events.last(), QByteArray("2 300"));
}

void tst_WaitingRequests::reportsABrokenProviderAfterItsAnswer()
{
    configure(Mechanism::Null, withProvider());
    ask("1"); // nobody answers
    ask("2");
    QCOMPARE(m_events, QByteArrayList({"1 300", "provider failed", "2 300"}));
}

void tst_WaitingRequests::admits_data()
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

void tst_WaitingRequests::admits()
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

// What has waited for a store needs no room to be asked about.
void tst_WaitingRequests::admitsOnce()
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

void tst_WaitingRequests::expires_data()
{
    QTest::addColumn<int>("timeout");
    QTest::addColumn<int>("limit");
    QTest::newRow("the policy's timeout") << 10 << 0;
    QTest::newRow("a limit of its own") << 1000000 << 10;
}

void tst_WaitingRequests::expires()
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
    QCOMPARE(m_reason, QByteArray("The decision took too long"));
    QTRY_COMPARE(expired.size(), 1);
    QVERIFY(!m_decisions.first().accept());
}

void tst_WaitingRequests::givesUp_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::newRow("a store") << Mechanism::Null;
    QTest::newRow("a hash") << Mechanism::Plain;
    QTest::newRow("a provider") << Mechanism::Curve;
}

void tst_WaitingRequests::givesUp()
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
    QCOMPARE(m_waiting->count(), 1); // it did not come from there
    m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
    QCOMPARE(m_waiting->count(), 0);
    QCOMPARE(m_events, QByteArrayList({"waits", "1 300"}));
    if (mechanism == Mechanism::Plain) {
        // One hash of an address is checked at a time: nothing came of the former.
        askAsBob("secret");
        QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 300", "waits", "1 200 bob"}));
    }
}

void tst_WaitingRequests::answersInsteadOfGivingUp()
{
    configure(Mechanism::Null, withProvider());
    deferAll();
    ask();
    QVERIFY(m_decisions.first().accept());
    m_waiting->giveUpAll(WaitingRequests::Origin::Any, {});
    QCOMPARE(m_events, QByteArrayList({"waits", "1 200 anonymous"}));
    QCoreApplication::processEvents(); // the news of it
    QCOMPARE(m_events.size(), 2);
}

void tst_WaitingRequests::givesUpWhatIsBeingAsked()
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

void tst_WaitingRequests::shutsDown()
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

void tst_WaitingRequests::supersedes_data()
{
    QTest::addColumn<bool>("whileAsking");
    QTest::newRow("while it waits") << false;
    QTest::newRow("while a provider is asked") << true;
}

// libzmq asks anew for a peer that has connected again, and takes the first reply for the new one.
void tst_WaitingRequests::supersedes()
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
        m_waiting->supersede(messages[2]); // another peer
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

void tst_WaitingRequests::answersOthersWhileAsking()
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

void tst_WaitingRequests::isDeletedInSomebodyElsesCode_data()
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

void tst_WaitingRequests::isDeletedInSomebodyElsesCode()
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

QTEST_GUILESS_MAIN(tst_WaitingRequests)
#include "tst_waitingrequests.moc"
