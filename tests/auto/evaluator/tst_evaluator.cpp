// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/evaluation/evaluator.h"

#include "zapclient.h"

#include "credentials/hashing/passwordhash.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"
#include "providers/providerlink.h"

#include <QtTest/qtest.h>

#include <memory>
#include <utility>
#include <vector>

using namespace QZap;
using namespace QZap::Internal;

// Tests how the Evaluator derives a verdict from the frames of a request, and one evaluation from
// another.
class tst_Evaluator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void readsMalformedRequests_data();
    void readsMalformedRequests();
    void letsNobodyInWhileStopping();
    void appliesTheUserIdHook_data();
    void appliesTheUserIdHook();
    void remembersVerifiedPasswords_data();
    void remembersVerifiedPasswords();
    void appliesAProvidersAnswer_data();
    void appliesAProvidersAnswer();
    void refusesUserIdsThatCannotBeSent_data();
    void refusesUserIdsThatCannotBeSent();
    void encodesUserIds();
    void refuses();
    void staysValidWhenItIsMoved();
    void noticesANewPolicy();
    void dropsThePreviousPolicy();
    void prefetchingChangesNothing();

private:
    using Next = Verdict::Next;

    static QByteArray key() { return QByteArray(32, 'k'); }
    void publish() { m_policies.publish(std::make_shared<Policy>(m_policy)); }
    void configure(Mechanism mechanism, const std::shared_ptr<DomainPolicy> &domain)
    {
        auto table = std::make_shared<DomainTable>(*m_policy.domains);
        table->insert("test", mechanism, domain);
        m_policy.domains = table;
        publish();
    }
    static std::shared_ptr<DomainPolicy> ready()
    {
        auto domain = std::make_shared<DomainPolicy>();
        domain->state = DomainPolicy::State::Ready;
        domain->acceptsAll = true;
        return domain;
    }
    static std::shared_ptr<DomainPolicy> withHash(const QByteArray &hash)
    {
        auto domain = ready();
        auto passwords = std::make_shared<PasswordStore>();
        passwords->insertHash("bob", hash);
        domain->passwords = passwords;
        return domain;
    }
    // The frames must outlive the evaluation.
    Evaluation evaluate(const QByteArrayList &frames)
    {
        m_frames.append(frames);
        return m_evaluator.evaluate(m_frames.constLast());
    }
    static QByteArrayList bob() { return ZapClient::request("PLAIN", {"bob", "x"}); }
    static QByteArrayList curve() { return ZapClient::request("CURVE", {key()}); }

    Policy m_policy;
    PolicyPublisher m_policies;
    SessionNumbers m_numbers;
    PasswordCache m_verified;
    bool m_namesUsers = false;
    Lockout m_lockout;
    Evaluator m_evaluator{m_policies, m_numbers, m_verified, m_lockout,
                          [this] { return m_namesUsers; }};
    QList<QByteArrayList> m_frames;
    QZapCredentialsProvider m_provider;
    ProviderPointer m_link = std::make_shared<ProviderLink>(&m_provider);
};

void tst_Evaluator::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_policy = {};
    publish();
    m_frames.clear();
    m_verified.clear();
    m_namesUsers = false;
    m_evaluator.setStopping(false);
}

void tst_Evaluator::readsMalformedRequests_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::addColumn<ParseOutcome>("outcome");
    QTest::newRow("no request id") << QByteArrayList{"1.0"} << ParseOutcome::Unanswerable;
    QTest::newRow("nothing") << QByteArrayList() << ParseOutcome::Unanswerable;
    QTest::newRow("other version") << QByteArrayList{"2.0", "1"} << ParseOutcome::Malformed;
    QTest::newRow("a frame too many")
        << ZapClient::request("NULL", {"x"}) << ParseOutcome::Malformed;
    QTest::newRow("a password that is too long")
        << ZapClient::request("PLAIN", {"bob", QByteArray(256, 'x')}) << ParseOutcome::Malformed;
}

void tst_Evaluator::readsMalformedRequests()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const ParseOutcome, outcome);
    const Evaluation evaluation = evaluate(frames);
    QCOMPARE(evaluation.outcome, outcome);
    QVERIFY(evaluation.isFinal());
    QCOMPARE(evaluation.verdict.status, Status::AuthenticationFailure);
    QVERIFY(!evaluation.verdict.reason.isEmpty());
    QVERIFY(evaluation.userId().isEmpty());
}

void tst_Evaluator::letsNobodyInWhileStopping()
{
    const QByteArrayList null = ZapClient::request("NULL");
    QCOMPARE(evaluate(null).verdict.status, Status::Success);
    m_evaluator.setStopping(true);
    QCOMPARE(evaluate(null).verdict.status, Status::TemporaryError);
    m_evaluator.setStopping(false);
    QCOMPARE(evaluate(null).verdict.status, Status::Success);
}

void tst_Evaluator::appliesTheUserIdHook_data()
{
    QTest::addColumn<bool>("asksAProvider");
    QTest::newRow("no provider") << false;
    QTest::newRow("then a provider is asked") << true;
}

void tst_Evaluator::appliesTheUserIdHook()
{
    QFETCH(const bool, asksAProvider);
    auto domain = ready();
    if (asksAProvider)
        domain->provider = m_link;
    configure(Mechanism::Curve, domain);
    const Next next = asksAProvider ? Next::AskProvider : Next::Answer;

    const Evaluation itself = evaluate(curve());
    QCOMPARE(itself.verdict.next, next);
    QCOMPARE(itself.userId(), QByteArrayView(Z85::encode(key())));

    m_namesUsers = true;
    const Evaluation nameless = evaluate(curve());
    QCOMPARE(nameless.verdict.next, Next::NameUser);
    const Evaluation named = m_evaluator.named(nameless, QByteArray("carol"));
    QCOMPARE(named.verdict.next, next);
    QCOMPARE(named.verdict.status, Status::Success);
    QCOMPARE(named.userId(), QByteArrayView("carol"));
    QCOMPARE(named.sentUserId(), QByteArrayView(asksAProvider ? "" : "carol"));
    QCOMPARE(named.provider, asksAProvider ? m_link : nullptr);

    const Evaluation threw = m_evaluator.named(nameless, std::nullopt);
    QVERIFY(threw.isFinal());
    QCOMPARE(threw.verdict.status, Status::TemporaryError);
    QCOMPARE(threw.userId(), QByteArrayView(Z85::encode(key())));
    // A peer that the policy refuses needs no user id.
    m_policy.lockdown = true;
    publish();
    QVERIFY(evaluate(curve()).isFinal());
}

void tst_Evaluator::remembersVerifiedPasswords_data()
{
    appliesTheUserIdHook_data();
}

void tst_Evaluator::remembersVerifiedPasswords()
{
    QFETCH(const bool, asksAProvider);
    const QByteArray hash = PasswordHash::make("x", {8, 1});
    auto domain = withHash(hash);
    if (asksAProvider)
        domain->provider = m_link;
    configure(Mechanism::Plain, domain);
    const Evaluation unknown = evaluate(bob());
    QCOMPARE(unknown.verdict.next, Next::CheckHash);
    QCOMPARE(unknown.verdict.hash, hash);
    QCOMPARE(unknown.userId(), QByteArrayView("bob"));

    m_verified.insert(hash, "bob", "x");
    const Evaluation known = evaluate(bob());
    QCOMPARE(known.verdict.next, asksAProvider ? Next::AskProvider : Next::Answer);
    QCOMPARE(known.verdict.status, Status::Success);
    QCOMPARE(known.userId(), QByteArrayView("bob"));
    QCOMPARE(evaluate(ZapClient::request("PLAIN", {"bob", "y"})).verdict.next, Next::CheckHash);
}

void tst_Evaluator::appliesAProvidersAnswer_data()
{
    QTest::addColumn<QZapReply>("answer");
    QTest::addColumn<Status>("status");
    QTest::addColumn<QByteArray>("sentUserId");
    QTest::addColumn<QVariantMap>("metadata");
    const QVariantMap published{{QStringLiteral("Site"), QStringLiteral("north")}};
    const QVariantMap other{{QStringLiteral("site"), QStringLiteral("south")}};
    QTest::newRow("reject") << QZapReply::reject(QStringLiteral("no"))
                            << Status::AuthenticationFailure << QByteArray() << published;
    QTest::newRow("retry later") << QZapReply::retryLater(QStringLiteral("no"))
                                 << Status::TemporaryError << QByteArray() << published;
    QTest::newRow("accept") << QZapReply::accept({}) << Status::Success << QByteArray("anonymous")
                            << published;
    QTest::newRow("accept as somebody") << QZapReply::accept(QStringLiteral("carol"))
                                        << Status::Success << QByteArray("carol") << published;
    QTest::newRow("accept with a field of its own")
        << QZapReply::accept({}, other) << Status::Success << QByteArray("anonymous") << other;
}

void tst_Evaluator::appliesAProvidersAnswer()
{
    QFETCH(const QZapReply, answer);
    QFETCH(const Status, status);
    QFETCH(const QByteArray, sentUserId);
    QFETCH(const QVariantMap, metadata);
    auto domain = ready();
    domain->provider = m_link;
    domain->metadata = *encodeMetadata({{QStringLiteral("Site"), QStringLiteral("north")}});
    configure(Mechanism::Null, domain);
    Evaluation evaluation = evaluate(ZapClient::request("NULL"));
    QCOMPARE(evaluation.verdict.next, Next::AskProvider);
    QCOMPARE(evaluation.provider, m_link);
    evaluation = Evaluator::answered(std::move(evaluation), answer);
    QVERIFY(evaluation.isFinal());
    QCOMPARE(evaluation.verdict.status, status);
    QCOMPARE(evaluation.verdict.reason, answer.statusText().toUtf8());
    QCOMPARE(evaluation.sentUserId(), QByteArrayView(sentUserId));
    QCOMPARE(decodeMetadata(evaluation.metadata), metadata);
}

void tst_Evaluator::refusesUserIdsThatCannotBeSent_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::addColumn<TextEncoding>("encoding");
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<Status>("status");
    QTest::newRow("maximum length")
        << curve() << TextEncoding::Utf8 << QByteArray(255, 'x') << Status::Success;
    QTest::newRow("too long") << curve() << TextEncoding::Utf8 << QByteArray(256, 'x')
                              << Status::InternalError;
    QTest::newRow("control characters")
        << curve() << TextEncoding::Utf8 << QByteArray("a\nb") << Status::InternalError;
    QTest::newRow("not in Latin-1")
        << curve() << TextEncoding::Latin1 << QByteArray("\xe2\x82\xac") << Status::InternalError;
    QTest::newRow("PLAIN, anonymous")
        << bob() << TextEncoding::Utf8 << QByteArray("anonymous") << Status::InternalError;
    QTest::newRow("PLAIN, a key") << bob() << TextEncoding::Utf8 << Z85::encode(key())
                                  << Status::InternalError;
}

void tst_Evaluator::refusesUserIdsThatCannotBeSent()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const TextEncoding, encoding);
    QFETCH(const QByteArray, userId);
    QFETCH(const Status, status);
    m_policy.encoding = encoding;
    auto domain = ready();
    domain->state = DomainPolicy::State::Unconfigured;
    domain->provider = m_link;
    configure(Mechanism::Curve, domain);
    configure(Mechanism::Plain, domain);
    Evaluation evaluation = evaluate(frames);
    QCOMPARE(evaluation.verdict.next, Next::AskProvider);
    evaluation =
        Evaluator::answered(std::move(evaluation), QZapReply::accept(QString::fromUtf8(userId)));
    QCOMPARE(evaluation.verdict.status, status);
}

void tst_Evaluator::encodesUserIds()
{
    m_policy.encoding = TextEncoding::Latin1;
    m_namesUsers = true;
    configure(Mechanism::Curve, ready());
    const Evaluation evaluation = m_evaluator.named(evaluate(curve()), QByteArray("J\xc3\xb6rg"));
    QCOMPARE(evaluation.verdict.status, Status::Success);
    QCOMPARE(evaluation.userId(), QByteArrayView("J\xc3\xb6rg"));
    QCOMPARE(evaluation.sentUserId(), QByteArrayView("J\xf6rg"));
}

// A refused peer is reported with its claimed user id.
void tst_Evaluator::refuses()
{
    m_namesUsers = true;
    configure(Mechanism::Curve, ready());
    const Evaluation evaluation =
        m_evaluator.refused(evaluate(curve()), Status::TemporaryError, Cause::Timeout, "Too late");
    QVERIFY(evaluation.isFinal());
    QCOMPARE(evaluation.verdict.status, Status::TemporaryError);
    QCOMPARE(evaluation.verdict.reason, QByteArray("Too late"));
    QCOMPARE(evaluation.userId(), QByteArrayView(Z85::encode(key())));
}

void tst_Evaluator::staysValidWhenItIsMoved()
{
    m_policy.encoding = TextEncoding::Latin1;
    auto domain = ready();
    domain->state = DomainPolicy::State::Unconfigured;
    domain->provider = m_link;
    configure(Mechanism::Gssapi, domain);
    const QByteArrayList frames = ZapClient::request("GSSAPI", {"J\xf6rg"});
    auto first = std::make_unique<Evaluation>(Evaluator::answered(
        evaluate(frames), QZapReply::accept(QString::fromUtf8("S\xc3\xb8ren"))));
    const auto copy = std::make_unique<Evaluation>(*first);
    const auto moved = std::make_unique<Evaluation>(std::move(*first));
    first.reset();
    for (const Evaluation *evaluation : {copy.get(), moved.get()}) {
        QCOMPARE(evaluation->request.name, QByteArrayView("J\xc3\xb6rg"));
        QCOMPARE(evaluation->userId(), QByteArrayView("S\xc3\xb8ren"));
        QCOMPARE(evaluation->sentUserId(), QByteArrayView("S\xf8ren"));
    }
}

void tst_Evaluator::noticesANewPolicy()
{
    const Evaluation evaluation = evaluate(bob());
    QVERIFY(m_evaluator.isCurrent(evaluation));
    publish();
    QVERIFY(!m_evaluator.isCurrent(evaluation));
    (void)evaluate(curve());
    QVERIFY(!m_evaluator.isCurrent(evaluation)); // the policy that it refers to was destroyed
    QVERIFY(m_evaluator.isCurrent(evaluate(bob())));
}

void tst_Evaluator::dropsThePreviousPolicy()
{
    std::shared_ptr<DomainPolicy> domain = ready();
    const std::weak_ptr<DomainPolicy> previous = domain;
    configure(Mechanism::Null, std::exchange(domain, nullptr));
    QCOMPARE(evaluate(ZapClient::request("NULL")).verdict.status, Status::Success);
    init();
    QVERIFY(!previous.expired());
    m_evaluator.refresh();
    QVERIFY(previous.expired());
}

void tst_Evaluator::prefetchingChangesNothing()
{
    struct Message
    {
        std::vector<QByteArrayView> views;
        RequestFrames request() const { return RequestFrames(views); }
    };
    KeyStore::Builder builder;
    constexpr int Count = 200000;
    QByteArray some = key();
    for (int i = 0; i < Count; ++i) {
        memcpy(some.data(), &i, sizeof i);
        builder.add(reinterpret_cast<const uchar *>(some.constData()), QByteArray::number(i));
    }
    auto domain = ready();
    domain->acceptsAll = false;
    domain->keys = builder.build();
    QVERIFY(domain->keys->isLarge());
    configure(Mechanism::Curve, domain);

    QList<QByteArrayList> requests{curve(), bob(), {"1.0"}, {}, ZapClient::request("NULL")};
    for (int i = 0; i < 10; ++i) {
        memcpy(some.data(), &i, sizeof i);
        requests.append(ZapClient::request("CURVE", {some}));
    }
    std::vector<Message> messages;
    for (const QByteArrayList &frames : std::as_const(requests))
        messages.push_back({{frames.begin(), frames.end()}});
    const auto outcomes = [&] {
        QByteArrayList result;
        for (const Message &message : messages) {
            const Evaluation evaluation = m_evaluator.evaluate(message.request());
            result.append(evaluation.verdict.reason + evaluation.sentUserId().toByteArray());
        }
        return result;
    };
    const QByteArrayList before = outcomes();
    QCOMPARE(before.last(), QByteArray("OK9"));
    m_evaluator.prefetch(messages);
    QCOMPARE(outcomes(), before);
}

QTEST_GUILESS_MAIN(tst_Evaluator)
#include "tst_evaluator.moc"
