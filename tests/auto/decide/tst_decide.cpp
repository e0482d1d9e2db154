// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/decide.h"

#include <QtTest/qtest.h>

using namespace QZap;
using namespace QZap::Internal;

class tst_Decide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void refusesByDefault_data();
    void refusesByDefault();
    void choosesTheDomain_data();
    void choosesTheDomain();
    void checksCredentials_data();
    void checksCredentials();
    void requestsHashCheck();
    void givesTemporaryAnswersWhileStale_data();
    void givesTemporaryAnswersWhileStale();
    void checksAddresses_data();
    void checksAddresses();
    void checksLockdownFirst();

private:
    static Request request(Mechanism mechanism, QByteArrayView domain = "a")
    {
        Request result;
        result.domain = domain;
        result.address = "127.0.0.1";
        result.mechanism = mechanism;
        if (mechanism == Mechanism::Plain) {
            result.name = "bob";
            result.password = "secret";
        } else if (mechanism == Mechanism::Gssapi) {
            result.name = "bob@EXAMPLE.ORG";
        } else if (mechanism == Mechanism::Curve) {
            static const QByteArray key(32, 'k');
            result.publicKey = key;
        }
        return result;
    }
    static std::shared_ptr<const DomainPolicy> ready(bool acceptsAll)
    {
        auto policy = std::make_shared<DomainPolicy>();
        policy->state = DomainPolicy::State::Ready;
        policy->acceptsAll = acceptsAll;
        return policy;
    }
    static Policy withDomain(const QByteArray &name, Mechanism mechanism,
                             std::shared_ptr<const DomainPolicy> domain)
    {
        auto table = std::make_shared<DomainTable>();
        table->insert(name, mechanism, std::move(domain));
        Policy policy;
        policy.domains = table;
        return policy;
    }
};

void tst_Decide::refusesByDefault_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<Status>("nothingConfigured");
    QTest::addColumn<Status>("otherMechanismConfigured");
    QTest::newRow("NULL") << Mechanism::Null << Status::Success << Status::AuthenticationFailure;
    QTest::newRow("PLAIN") << Mechanism::Plain << Status::AuthenticationFailure
                           << Status::AuthenticationFailure;
    QTest::newRow("CURVE") << Mechanism::Curve << Status::AuthenticationFailure
                           << Status::AuthenticationFailure;
    QTest::newRow("GSSAPI") << Mechanism::Gssapi << Status::Success
                            << Status::AuthenticationFailure;
    QTest::newRow("unknown") << Mechanism::Unknown << Status::AuthenticationFailure
                             << Status::AuthenticationFailure;
}

void tst_Decide::refusesByDefault()
{
    QFETCH(const Mechanism, mechanism);
    QFETCH(const Status, nothingConfigured);
    QFETCH(const Status, otherMechanismConfigured);

    QCOMPARE(decide(Policy(), request(mechanism)).status, nothingConfigured);
    const Mechanism other = mechanism == Mechanism::Curve ? Mechanism::Plain : Mechanism::Curve;
    QCOMPARE(decide(withDomain("a", other, ready(true)), request(mechanism)).status,
             otherMechanismConfigured);
    QCOMPARE(decide(withDomain("*", other, ready(true)), request(mechanism)).status,
             otherMechanismConfigured);
    // An invalid domain object closes the domain as well.
    QCOMPARE(
        decide(withDomain("a", other, std::make_shared<DomainPolicy>()), request(mechanism)).status,
        otherMechanismConfigured);
    // Other domains are not affected.
    QCOMPARE(decide(withDomain("b", other, ready(true)), request(mechanism)).status,
             nothingConfigured);
}

void tst_Decide::choosesTheDomain_data()
{
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<Status>("status");
    QTest::addColumn<bool>("fellBack");
    QTest::newRow("exact name first") << QByteArray("open") << Status::Success << false;
    QTest::newRow("exact name, refusing")
        << QByteArray("closed") << Status::AuthenticationFailure << false;
    QTest::newRow("exact name, not ready: no fall-back")
        << QByteArray("broken") << Status::TemporaryError << false;
    QTest::newRow("any") << QByteArray("unknown") << Status::Success << true;
    QTest::newRow("any, by other case") << QByteArray("CLOSED") << Status::Success << true;
    QTest::newRow("any, for the empty domain") << QByteArray() << Status::Success << true;
    QTest::newRow("any, if the name has another mechanism only")
        << QByteArray("plain") << Status::Success << true;
}

void tst_Decide::choosesTheDomain()
{
    QFETCH(const QByteArray, domain);
    QFETCH(const Status, status);
    QFETCH(const bool, fellBack);

    auto table = std::make_shared<DomainTable>();
    table->insert("*", Mechanism::Null, ready(true));
    table->insert("open", Mechanism::Null, ready(true));
    table->insert("closed", Mechanism::Null, ready(false));
    table->insert("broken", Mechanism::Null, std::make_shared<DomainPolicy>());
    table->insert("plain", Mechanism::Plain, std::make_shared<DomainPolicy>());
    Policy policy;
    policy.domains = table;
    const Verdict verdict = decide(policy, request(Mechanism::Null, domain));
    QCOMPARE(verdict.status, status);
    QCOMPARE(verdict.fellBack, fellBack);
}

void tst_Decide::checksCredentials_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<bool>("accepted");

    const QByteArray known(32, 'k');
    const QByteArray named(32, 'n');
    QTest::newRow("PLAIN") << Mechanism::Plain << QByteArray("bob") << QByteArray("secret")
                           << QByteArray("bob") << true;
    QTest::newRow("PLAIN, wrong password")
        << Mechanism::Plain << QByteArray("bob") << QByteArray("Secret") << QByteArray() << false;
    QTest::newRow("PLAIN, longer password")
        << Mechanism::Plain << QByteArray("bob") << QByteArray("secret ") << QByteArray() << false;
    QTest::newRow("PLAIN, no password")
        << Mechanism::Plain << QByteArray("bob") << QByteArray() << QByteArray() << false;
    QTest::newRow("PLAIN, unknown user")
        << Mechanism::Plain << QByteArray("eve") << QByteArray("secret") << QByteArray() << false;
    QTest::newRow("PLAIN, unknown user without password")
        << Mechanism::Plain << QByteArray("eve") << QByteArray() << QByteArray() << false;
    QTest::newRow("CURVE, no id") << Mechanism::Curve << QByteArray() << known << QByteArray()
                                  << true;
    QTest::newRow("CURVE, with id")
        << Mechanism::Curve << QByteArray() << named << QByteArray("alice") << true;
    QTest::newRow("CURVE, unknown key")
        << Mechanism::Curve << QByteArray() << QByteArray(32, 'x') << QByteArray() << false;
    QTest::newRow("GSSAPI") << Mechanism::Gssapi << QByteArray("bob@A") << QByteArray()
                            << QByteArray("bob@A") << true;
    QTest::newRow("GSSAPI, unknown")
        << Mechanism::Gssapi << QByteArray("bob@B") << QByteArray() << QByteArray() << false;
}

void tst_Decide::checksCredentials()
{
    QFETCH(const Mechanism, mechanism);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, secret);
    QFETCH(const QByteArray, userId);
    QFETCH(const bool, accepted);

    auto domain = std::make_shared<DomainPolicy>();
    domain->state = DomainPolicy::State::Ready;
    auto passwords = std::make_shared<PasswordStore>();
    passwords->insert("bob", "secret");
    domain->passwords = passwords;
    KeyStore::Builder keys;
    keys.add(reinterpret_cast<const uchar *>(QByteArray(32, 'k').constData()), {});
    keys.add(reinterpret_cast<const uchar *>(QByteArray(32, 'n').constData()), "alice");
    domain->keys = keys.build();
    domain->principals = {"bob@A"};

    Request asked = request(mechanism);
    asked.name = name;
    asked.password = secret;
    asked.publicKey = secret;
    const Policy policy = withDomain("a", mechanism, domain);
    const Verdict verdict = decide(policy, asked);
    QCOMPARE(verdict.status, accepted ? Status::Success : Status::AuthenticationFailure);
    QCOMPARE(verdict.userId, QByteArrayView(userId));
}

void tst_Decide::requestsHashCheck()
{
    auto domain = std::make_shared<DomainPolicy>();
    domain->state = DomainPolicy::State::Ready;
    auto passwords = std::make_shared<PasswordStore>();
    passwords->insert("alice", "secret");
    passwords->insertHash("bob", PasswordHash::make("builder", {8, 1}));
    domain->passwords = passwords;
    const Policy policy = withDomain("a", Mechanism::Plain, domain);

    Request asked = request(Mechanism::Plain);
    const auto statusOf = [&](QByteArrayView name, QByteArrayView password) {
        asked.name = name;
        asked.password = password;
        return decide(policy, asked).status;
    };
    QCOMPARE(statusOf("alice", "secret"), Status::Success);
    QCOMPARE(statusOf("alice", "builder"), Status::TemporaryError);
    QCOMPARE(statusOf("bob", "builder"), Status::TemporaryError);
    QCOMPARE(statusOf("bob", "secret"), Status::TemporaryError);
    QCOMPARE(statusOf("eve", "secret"), Status::TemporaryError);
}

void tst_Decide::givesTemporaryAnswersWhileStale_data()
{
    QTest::addColumn<bool>("isStale");
    QTest::addColumn<bool>("isKnown");
    QTest::addColumn<Status>("status");
    QTest::newRow("confirmed") << false << true << Status::Success;
    QTest::newRow("confirmed, unknown key") << false << false << Status::AuthenticationFailure;
    QTest::newRow("stale") << true << true << Status::TemporaryError;
    QTest::newRow("stale, unknown key") << true << false << Status::TemporaryError;
}

// A session is judged by the stale credentials.
void tst_Decide::givesTemporaryAnswersWhileStale()
{
    QFETCH(const bool, isStale);
    QFETCH(const bool, isKnown);
    QFETCH(const Status, status);
    KeyStore::Builder builder;
    builder.add(reinterpret_cast<const uchar *>(QByteArray(32, isKnown ? 'k' : 'l').constData()),
                "bob", {});
    auto freshness = std::make_shared<Freshness>();
    freshness->setStaleAt(isStale ? 0 : Freshness::Never);
    auto domain = std::make_shared<DomainPolicy>();
    domain->state = DomainPolicy::State::Ready;
    domain->keys = builder.build();
    domain->freshness = freshness;
    const Policy policy = withDomain("a", Mechanism::Curve, domain);
    const Verdict verdict = decide(policy, request(Mechanism::Curve));
    QCOMPARE(verdict.status, status);
    QCOMPARE(verdict.next, Verdict::Next::Answer);
    QCOMPARE(decideAgain(policy, request(Mechanism::Curve)).status,
             isKnown ? Status::Success : Status::AuthenticationFailure);
}

void tst_Decide::checksAddresses_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<Status>("allowed");
    QTest::addColumn<Status>("denied");
    QTest::newRow("named") << QStringLiteral("10.0.0.0/8") << QByteArray("10.1.1.1")
                           << Status::Success << Status::AuthenticationFailure;
    QTest::newRow("not named") << QStringLiteral("10.0.0.0/8") << QByteArray("11.1.1.1")
                               << Status::AuthenticationFailure << Status::Success;
    QTest::newRow("does not parse: refused by either")
        << QStringLiteral("10.0.0.0/8") << QByteArray("where") << Status::AuthenticationFailure
        << Status::AuthenticationFailure;
    QTest::newRow("no address: refused by either")
        << QStringLiteral("10.0.0.0/8") << QByteArray() << Status::AuthenticationFailure
        << Status::AuthenticationFailure;
    QTest::newRow("the number of a zone: refused by either")
        << QStringLiteral("fe80::%eth0/10") << QByteArray("fe80::1%4")
        << Status::AuthenticationFailure << Status::AuthenticationFailure;
    QTest::newRow("empty list") << QString() << QByteArray("10.1.1.1")
                                << Status::AuthenticationFailure << Status::Success;
}

void tst_Decide::checksAddresses()
{
    QFETCH(const QString, rule);
    QFETCH(const QByteArray, peer);
    QFETCH(const Status, allowed);
    QFETCH(const Status, denied);

    auto rules = std::make_shared<AddressRules>();
    if (!rule.isEmpty())
        rules->add(*AddressRule::fromText(rule));
    Policy policy = withDomain("a", Mechanism::Null, ready(true));
    policy.addresses = rules;
    Request asked = request(Mechanism::Null);
    asked.address = peer;
    QCOMPARE(decide(policy, asked).status, Status::Success); // no list is set
    policy.addressMode = AddressMode::Allow;
    QCOMPARE(decide(policy, asked).status, allowed);
    policy.addressMode = AddressMode::Deny;
    QCOMPARE(decide(policy, asked).status, denied);
}

void tst_Decide::checksLockdownFirst()
{
    Policy policy = withDomain("a", Mechanism::Null, ready(true));
    policy.lockdown = true;
    QCOMPARE(decide(policy, request(Mechanism::Null)).status, Status::TemporaryError);
    QCOMPARE(decide(policy, request(Mechanism::Plain)).status, Status::TemporaryError);
    policy.addressMode = AddressMode::Allow; // an empty list allows nobody
    QCOMPARE(decide(policy, request(Mechanism::Null)).status, Status::TemporaryError);
}

QTEST_GUILESS_MAIN(tst_Decide)
#include "tst_decide.moc"
