// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "waitingrequestsfixture.h"

#include "credentials/hashing/passwordhash.h"

#include <QtTest/qtest.h>

#include <functional>
#include <memory>
#include <utility>

using namespace QZap;
using namespace QZap::Internal;

// A hash with these parameters takes many times as long as one of 8 KiB.
constexpr PasswordHash::Parameters Dear{16384, 4};

// Tests waiting requests without an engine: each is answered once, by the policy at the time of the
// answer, whatever it waits for and whatever happens meanwhile.
class tst_WaitingRequests : public WaitingRequestsFixture
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForAStore();
    void checksAHash_data();
    void checksAHash();
    void keepsThePolicyOfTheEvaluation();
    void checksAChangedHashAgain();
    void refusesAfterTheTimeOfTheMostExpensiveHash();
    void givesUpRequestsThatAreNotRefusedInTime();
    void asksAProvider_data();
    void asksAProvider();
    void thePolicyChangesMeanwhile_data();
    void thePolicyChangesMeanwhile();
    void thePolicyChangesBeforeAProviderIsAsked();
    void asksForTheUserIdFirst();
    void evaluatesOutdatedAnswersAgain_data();
    void evaluatesOutdatedAnswersAgain();
    void asksForAUserIdThatIsLost();
    void keepsARefusalIfTheUserIdChanges();
    void letsNobodyInWhoseSessionWasRevoked();
    void reportsABrokenProviderAfterItsAnswer();
};

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

void tst_WaitingRequests::checksAChangedHashAgain()
{
    configure(Mechanism::Plain, withHash(m_hash));
    askAsBob("secret");
    configure(Mechanism::Plain, withHash(PasswordHash::make("other", {8, 1})));
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "waits", "1 400"}));
}

// The evaluation refers to the policy, which must therefore remain while a new one is published.
void tst_WaitingRequests::keepsThePolicyOfTheEvaluation()
{
    configure(Mechanism::Plain, withHash(m_hash));
    PendingRequest request;
    request.rawFrames = ZapClient::request("PLAIN", {"bob", "secret"});
    request.promise = std::make_shared<QPromise<QByteArrayList>>();
    Evaluation evaluation = m_evaluator->evaluate(request.rawFrames);
    QVERIFY(!evaluation.isFinal());
    const Policy *const policy = &m_evaluator->lastPolicy();
    configure(Mechanism::Plain, withHash(PasswordHash::make("other", {8, 1})));
    m_waiting->settle(std::move(evaluation), std::move(request));
    QCOMPARE(&m_evaluator->lastPolicy(), policy);
    // At the end of the wait, the request is evaluated by the new policy.
    QTRY_VERIFY(m_events.constLast().startsWith("1 400"));
}

// The time of the most expensive hash is measured or estimated; no password is checked against it.
void tst_WaitingRequests::refusesAfterTheTimeOfTheMostExpensiveHash()
{
    m_policy.limits.decisionTimeout = 60'000; // the hash may take long
    configure(Mechanism::Plain, withHash(m_hash, Dear));
    const auto askFrom = [this](const QByteArray &id, const QByteArray &password,
                                const QByteArray &address) {
        ask(id, "PLAIN", {"bob", password}, address);
    };
    askFrom("1", "wrong", "10.0.0.1");
    askFrom("2", "secret", "10.0.0.1");
    askFrom("3", "secret", "10.0.0.2"); // is not delayed
    m_events.clear();
    QTRY_COMPARE_WITH_TIMEOUT(m_events, QByteArrayList({"3 200 bob", "1 400", "2 200 bob"}),
                              60'000);
    QCOMPARE(m_waiting->count(), 0);
}

void tst_WaitingRequests::givesUpRequestsThatAreNotRefusedInTime()
{
    m_policy.limits.decisionTimeout = 100;
    configure(Mechanism::Plain, withHash(m_hash, Dear));
    askAsBob("wrong");
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 300"}));
    QCOMPARE(m_waiting->count(), 0);
    m_policy.limits.decisionTimeout = 60'000;
    publish();
    m_events.clear();
    askAsBob("secret"); // of the same address
    QTRY_COMPARE(m_events, QByteArrayList({"waits", "1 200 bob"}));
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
    QCOMPARE(m_waiting->count(), 1); // the notification is delivered by the event loop
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
        "The credentials provider was replaced");
    add(
        "another provider",
        [this] {
            DomainPolicy other = acceptsAll();
            other.provider = std::make_shared<ProviderLink>(m_provider.get());
            configure(Mechanism::Null, other);
        },
        "The credentials provider was replaced");
    add(
        "the provider goes", [this] { m_link->close(); }, "The credentials provider was replaced");
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

// If another thread changes the policy, only the request's evaluation still refers to the store.
void tst_WaitingRequests::thePolicyChangesBeforeAProviderIsAsked()
{
    const QByteArray longId(200, 'c');
    DomainPolicy domain = withKey(longId);
    configure(Mechanism::Curve, domain);
    const std::weak_ptr<const KeyStore> keys = std::exchange(domain.keys, nullptr);
    QString proposed;
    decide([&proposed](const QZapDecision &decision) {
        proposed = decision.userId();
        decision.accept();
    });

    PendingRequest request;
    request.rawFrames = ZapClient::request("CURVE", {key()});
    request.promise = std::make_shared<QPromise<QByteArrayList>>();
    Evaluation evaluation = m_evaluator->evaluate(request.rawFrames);
    domain.acceptsAll = true;
    configure(Mechanism::Curve, domain);
    QVERIFY(!keys.expired());
    m_waiting->settle(std::move(evaluation), std::move(request));
    QCOMPARE(proposed, QString::fromLatin1(longId));
    // The new policy decides, and the provider was asked about another user.
    QVERIFY(keys.expired());
    QCOMPARE(m_events, QByteArrayList{"1 300"});
    QVERIFY(m_reason.startsWith("The user id has changed"));
}

// The authenticator and the provider are each asked only once, however often the policy changes.
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
    ask("1", "CURVE", {key()});
    QCOMPARE(m_events, QByteArrayList{"1 200 carol"});
    QCOMPARE(proposed, QStringLiteral("carol"));
    QCOMPARE(asked, 1);
    m_userId = [] { return std::nullopt; };
    ask("2", "CURVE", {key()});
    QCOMPARE(m_events.last(), QByteArray("2 300"));
}

void tst_WaitingRequests::evaluatesOutdatedAnswersAgain_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<std::function<void()>>("change");
    QTest::addColumn<QByteArray>("answer");
    const auto add = [](const char *name, Mechanism mechanism, const std::function<void()> &change,
                        const char *answer) {
        QTest::newRow(name) << mechanism << change << QByteArray(answer);
    };
    const auto publishes = [this] { publish(); };
    const auto locksDown = [this] { lockDown(); };
    const auto replaces = [this] { configure(Mechanism::Null, acceptsAll()); };
    add("a provider, published", Mechanism::Null, publishes, "1 200 carol");
    add("a provider, locked down", Mechanism::Null, locksDown, "1 300");
    add("a provider, removed", Mechanism::Null, replaces, "1 300");
    add("a hash, published", Mechanism::Plain, publishes, "1 200 bob");
    add("a hash, locked down", Mechanism::Plain, locksDown, "1 300");
    add("a user id, published", Mechanism::Curve, publishes, "1 200 carol");
    add("a user id, locked down", Mechanism::Curve, locksDown, "1 300");
}

// Another thread may publish a policy after an evaluation and before its answer. Nobody is asked
// again.
void tst_WaitingRequests::evaluatesOutdatedAnswersAgain()
{
    QFETCH(const Mechanism, mechanism);
    QFETCH(const std::function<void()>, change);
    QFETCH(const QByteArray, answer);
    int asked = 0;
    decide([&asked](const QZapDecision &decision) {
        ++asked;
        decision.accept(QStringLiteral("carol"));
    });
    int admitted = 0;
    m_admit = [&](const Evaluation &) {
        if (++admitted > 1)
            return Admittance::Granted;
        change();
        return Admittance::Outdated;
    };
    if (mechanism == Mechanism::Null) {
        configure(mechanism, withProvider());
        ask();
    } else if (mechanism == Mechanism::Plain) {
        configure(mechanism, withHash(m_hash));
        askAsBob("secret");
    } else {
        configure(mechanism, acceptsAll());
        m_userId = [&asked] {
            ++asked;
            return QByteArray("carol");
        };
        ask("1", "CURVE", {key()});
    }
    QTRY_COMPARE(m_waiting->count(), 0);
    QCOMPARE(m_events.last(), answer);
    QCOMPARE(admitted, 2);
    QCOMPARE(asked, mechanism == Mechanism::Plain ? 0 : 1);
}

// The key has a user id when the provider is asked about it, and none when it has answered.
void tst_WaitingRequests::asksForAUserIdThatIsLost()
{
    configure(Mechanism::Curve, withKey("alice"));
    m_userId = [] { return QByteArray("carol"); };
    QStringList proposed;
    decide([&](const QZapDecision &decision) {
        proposed += decision.userId();
        configure(Mechanism::Curve, withProvider());
        decision.accept();
    });
    ask("1", "CURVE", {key()});
    QCOMPARE(m_events, QByteArrayList{"1 200 carol"});
    QCOMPARE(proposed, QStringList({QStringLiteral("alice"), QStringLiteral("carol")}));
}

// What was refused is not asked about again.
void tst_WaitingRequests::keepsARefusalIfTheUserIdChanges()
{
    configure(Mechanism::Curve, withKey("alice"));
    decide([&](const QZapDecision &decision) {
        configure(Mechanism::Curve, withProvider());
        decision.reject(QStringLiteral("not alice"));
    });
    ask("1", "CURVE", {key()});
    QCOMPARE(m_events, QByteArrayList{"1 400"});
    QCOMPARE(m_reason, QByteArray("not alice"));
}

void tst_WaitingRequests::letsNobodyInWhoseSessionWasRevoked()
{
    configure(Mechanism::Null, withProvider());
    decide([](const QZapDecision &decision) { decision.accept(); });
    m_admit = [](const Evaluation &) { return Admittance::Revoked; };
    ask();
    QCOMPARE(m_events, QByteArrayList{"1 300"});
    QCOMPARE(m_reason, QByteArray("The session was revoked before the answer was sent"));
}

void tst_WaitingRequests::reportsABrokenProviderAfterItsAnswer()
{
    configure(Mechanism::Null, withProvider());
    ask("1"); // the provider does not answer
    ask("2");
    QCOMPARE(m_events, QByteArrayList({"1 300", "provider failed", "2 300"}));
}

QTEST_GUILESS_MAIN(tst_WaitingRequests)
#include "tst_waitingrequests.moc"
