// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessionverdict.h"

#include "protocol/metadata.h"
#include "providers/providerlink.h"

#include <QtTest/qtest.h>

#include <functional>

using namespace QZap;
using namespace QZap::Internal;

using Change = std::function<void(DomainPolicy *, Policy *)>;
Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(Mechanism)

// What ends a session, and with which reason, and what does not.
class tst_SessionVerdict : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsSessions_data();
    void endsSessions();
    void keepsSessions_data();
    void keepsSessions();
    void endsExpiredSessions();
    void keepsReportedPeersWhileReporting();
    void keepsReportedPeersOfAProviderWhileReporting_data();
    void keepsReportedPeersOfAProviderWhileReporting();

private:
    static QByteArray key() { return QByteArray(32, 'k'); }
    static QByteArray metadata(const QByteArray &value, const QByteArray &name = "Role")
    {
        QByteArray frame;
        appendMetadata(name, value, &frame);
        return frame;
    }
    static std::shared_ptr<const KeyStore> keys(const QByteArray &key, const QByteArray &userId,
                                                const QByteArray &fields = metadata("writer"),
                                                qint64 notAfter = KeyStore::Never)
    {
        KeyStore::Builder builder;
        builder.add(reinterpret_cast<const uchar *>(key.data()), userId, fields);
        if (notAfter != KeyStore::Never)
            builder.setNotAfter(notAfter);
        return builder.build();
    }
    static std::shared_ptr<const PasswordStore> users(const QByteArray &name,
                                                      const QByteArray &password)
    {
        auto store = std::make_shared<PasswordStore>();
        store->insert(name, password);
        return store;
    }
    static std::shared_ptr<AddressRules> rules(const QString &address)
    {
        auto result = std::make_shared<AddressRules>();
        result->add(*AddressRule::fromText(address));
        return result;
    }
    // Of credentials that were not confirmed in time.
    static std::shared_ptr<const Freshness> stale()
    {
        auto result = std::make_shared<Freshness>();
        result->setStaleAt(0);
        return result;
    }
    static Request request(Mechanism mechanism, const QByteArray &key)
    {
        Request result;
        result.domain = "test";
        result.address = "10.0.0.1";
        result.mechanism = mechanism;
        if (mechanism == Mechanism::Curve)
            result.publicKey = key;
        else if (mechanism == Mechanism::Plain)
            result.name = "bob";
        else if (mechanism == Mechanism::Gssapi)
            result.name = "bob@EXAMPLE.ORG";
        return result;
    }
    // Returns a domain that accepts bob.
    static DomainPolicy domain(Mechanism mechanism)
    {
        DomainPolicy result;
        result.state = DomainPolicy::State::Ready;
        switch (mechanism) {
        case Mechanism::Null:
            result.acceptsAll = true;
            break;
        case Mechanism::Plain:
            result.passwords = users("bob", "secret");
            break;
        case Mechanism::Curve:
            result.keys = keys(key(), "bob");
            break;
        case Mechanism::Gssapi:
            result.principals = {"bob@EXAMPLE.ORG"};
            break;
        case Mechanism::Unknown:
            break;
        }
        return result;
    }
    static Policy policyWith(const DomainPolicy &domain, Mechanism mechanism,
                             const QByteArray &name = "test")
    {
        auto table = std::make_shared<DomainTable>();
        table->insert(name, mechanism, std::make_shared<DomainPolicy>(domain));
        Policy policy;
        policy.domains = table;
        return policy;
    }
    // Returns the session of bob as he is accepted by the policy.
    static SessionRecord sessionBy(const Policy &policy, Mechanism mechanism)
    {
        static const QByteArray bobsKey = key();
        const Request asked = request(mechanism, bobsKey);
        const Verdict verdict = decideAgain(policy, asked);
        SessionRecord session;
        session.number = 1;
        session.mechanism = mechanism;
        session.domain = "test";
        session.address = "10.0.0.1";
        session.credential = mechanism == Mechanism::Curve ? bobsKey : asked.name.toByteArray();
        session.userId = "bob";
        session.entry = EntryDigests::of(verdict, asked);
        session.fieldNames = {"Role"};
        return session;
    }
    static void addRows(const QByteArray &name, const Change &change,
                        const QList<Mechanism> &mechanisms, const QByteArray &reason)
    {
        static const char *const names[] = {"unknown", "NULL", "PLAIN", "CURVE", "GSSAPI"};
        for (const Mechanism mechanism : mechanisms) {
            QTest::newRow(QByteArray(name + ", " + names[static_cast<int>(mechanism)]).constData())
                << mechanism << change << reason;
        }
    }
    static QList<Mechanism> all()
    {
        return {Mechanism::Null, Mechanism::Plain, Mechanism::Curve, Mechanism::Gssapi};
    }
};

void tst_SessionVerdict::endsSessions_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QByteArray>("reason");
    const QByteArray addressReason = "The address is not allowed";
    addRows(
        "the address is denied",
        [](DomainPolicy *, Policy *policy) {
            policy->addressMode = AddressMode::Deny;
            policy->addresses = rules(QStringLiteral("10.0.0.1"));
        },
        all(), addressReason);
    addRows(
        "the address is not in the allow list",
        [](DomainPolicy *, Policy *policy) {
            policy->addressMode = AddressMode::Allow;
            policy->addresses = rules(QStringLiteral("10.0.0.2"));
        },
        all(), addressReason);
    addRows(
        "the allow list is empty",
        [](DomainPolicy *, Policy *policy) { policy->addressMode = AddressMode::Allow; }, all(),
        addressReason);
    addRows(
        "locked down, and the address is denied",
        [](DomainPolicy *, Policy *policy) {
            policy->lockdown = true;
            policy->addressMode = AddressMode::Allow;
        },
        all(), addressReason);
    addRows(
        "the domain is closed",
        [](DomainPolicy *domain, Policy *) { domain->state = DomainPolicy::State::Closed; }, all(),
        "The domain was removed");
    addRows(
        "the domain has another mechanism only",
        [](DomainPolicy *domain, Policy *policy) {
            auto table = std::make_shared<DomainTable>();
            table->insert("test", Mechanism::Unknown, std::make_shared<DomainPolicy>(*domain));
            policy->domains = table;
        },
        all(), "The mechanism is not configured in the domain");
    addRows(
        "NULL is refused", [](DomainPolicy *domain, Policy *) { domain->acceptsAll = false; },
        {Mechanism::Null}, "NULL is not accepted in the domain");
    addRows(
        "the user is removed",
        [](DomainPolicy *domain, Policy *) { domain->passwords = users("alice", "secret"); },
        {Mechanism::Plain}, "The user is unknown in the domain");
    addRows(
        "the password is another",
        [](DomainPolicy *domain, Policy *) { domain->passwords = users("bob", "other"); },
        {Mechanism::Plain}, "The password of the user has changed");
    addRows(
        "the key is removed",
        [](DomainPolicy *domain, Policy *) { domain->keys = keys(QByteArray(32, 'l'), "bob"); },
        {Mechanism::Curve}, "The key is unknown in the domain");
    addRows(
        "the key is another user's",
        [](DomainPolicy *domain, Policy *) { domain->keys = keys(key(), "eve"); },
        {Mechanism::Curve}, "The user id of the peer has changed");
    addRows(
        "a field is another",
        [](DomainPolicy *domain, Policy *) {
            domain->keys = keys(key(), "bob", metadata("reader"));
        },
        {Mechanism::Curve}, "The published fields of the peer have changed");
    addRows(
        "a field is published that was not sent",
        [](DomainPolicy *domain, Policy *) { domain->metadata = metadata("x", "Site"); }, all(),
        "The published field \"Site\" was not sent");
    addRows(
        "the domain is published, and was not sent",
        [](DomainPolicy *domain, Policy *) { domain->publishesDomain = true; }, all(),
        "The published field \"Domain\" was not sent");
    addRows(
        "the key has expired",
        [](DomainPolicy *domain, Policy *) {
            domain->keys = keys(key(), "bob", metadata("writer"), 1);
        },
        {Mechanism::Curve}, "The key has expired");
    addRows(
        "the user has expired",
        [](DomainPolicy *domain, Policy *) {
            auto store = std::make_shared<PasswordStore>();
            store->insert("bob", "secret");
            store->setDetails("bob", {{}, 1});
            domain->passwords = store;
        },
        {Mechanism::Plain}, "The user has expired");
    addRows(
        "the user is removed from a stale store",
        [](DomainPolicy *domain, Policy *) {
            domain->freshness = stale();
            domain->passwords = users("alice", "secret");
        },
        {Mechanism::Plain}, "The user is unknown in the domain");
    addRows(
        "the key is removed from a stale store",
        [](DomainPolicy *domain, Policy *) {
            domain->freshness = stale();
            domain->keys = keys(QByteArray(32, 'l'), "bob");
        },
        {Mechanism::Curve}, "The key is unknown in the domain");
    addRows(
        "the principal is removed",
        [](DomainPolicy *domain, Policy *) { domain->principals = {"alice@EXAMPLE.ORG"}; },
        {Mechanism::Gssapi}, "The principal is unknown in the domain");
}

void tst_SessionVerdict::endsSessions()
{
    QFETCH(const Mechanism, mechanism);
    QFETCH(const Change, change);
    QFETCH(const QByteArray, reason);

    DomainPolicy changed = domain(mechanism);
    Policy policy = policyWith(changed, mechanism);
    const SessionRecord session = sessionBy(policy, mechanism);
    QCOMPARE(judge(session, policy).reason, QByteArray());
    const auto before = policy.domains;
    change(&changed, &policy);
    if (policy.domains == before)
        policy.domains = policyWith(changed, mechanism).domains;
    QCOMPARE(judge(session, policy).reason, reason);
}

void tst_SessionVerdict::keepsSessions_data()
{
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QByteArray>("reason");
    addRows("locked down", [](DomainPolicy *, Policy *policy) { policy->lockdown = true; }, all(),
            {});
    addRows("held",
            [](DomainPolicy *domain, Policy *policy) {
                policy->onHold = true;
                domain->state = DomainPolicy::State::Closed;
            },
            all(), {});
    addRows("misconfigured while stopped",
            [](DomainPolicy *domain, Policy *policy) {
                policy->isMisconfigured = true;
                domain->state = DomainPolicy::State::Closed;
            },
            all(), {});
    addRows("loading",
            [](DomainPolicy *domain, Policy *) {
                domain->state = DomainPolicy::State::Loading;
                domain->keys.reset();
                domain->passwords.reset();
            },
            all(), {});
    addRows("unreadable",
            [](DomainPolicy *domain, Policy *) {
                domain->state = DomainPolicy::State::Unavailable;
                domain->keys.reset();
                domain->passwords.reset();
            },
            all(), {});
    addRows("the store is stale",
            [](DomainPolicy *domain, Policy *) { domain->freshness = stale(); },
            {Mechanism::Plain, Mechanism::Curve}, {});
    addRows("the user is missing while the file is written",
            [](DomainPolicy *domain, Policy *) {
                domain->isSettling = true;
                domain->passwords = users("alice", "secret");
            },
            {Mechanism::Plain}, {});
    addRows("the key is missing while the file is written",
            [](DomainPolicy *domain, Policy *) {
                domain->isSettling = true;
                domain->keys = keys(QByteArray(32, 'l'), "bob");
            },
            {Mechanism::Curve}, {});
    addRows("another user is added",
            [](DomainPolicy *domain, Policy *) {
                auto store = std::make_shared<PasswordStore>();
                store->insert("alice", "x");
                store->insert("bob", "secret");
                domain->passwords = store;
            },
            {Mechanism::Plain}, {});
    addRows("the time of expiry is later",
            [](DomainPolicy *domain, Policy *) {
                domain->keys =
                    keys(key(), "bob", metadata("writer"), std::numeric_limits<qint64>::max() - 1);
            },
            {Mechanism::Curve}, {});
    addRows("the address is allowed",
            [](DomainPolicy *, Policy *policy) {
                policy->addressMode = AddressMode::Allow;
                policy->addresses = rules(QStringLiteral("10.0.0.0/8"));
            },
            all(), {});
    addRows("another address is denied",
            [](DomainPolicy *, Policy *policy) {
                policy->addressMode = AddressMode::Deny;
                policy->addresses = rules(QStringLiteral("10.0.0.2"));
            },
            all(), {});
    addRows("the address is denied, but refusals are only reported",
            [](DomainPolicy *, Policy *policy) {
                policy->reportOnly = true;
                policy->addressMode = AddressMode::Allow;
            },
            all(), {});
    addRows("only a provider decides",
            [](DomainPolicy *domain, Policy *) {
                domain->state = DomainPolicy::State::Unconfigured;
                domain->keys.reset();
                domain->passwords.reset();
            },
            all(), {});
}

void tst_SessionVerdict::keepsSessions()
{
    endsSessions();
}

void tst_SessionVerdict::endsExpiredSessions()
{
    DomainPolicy changed = domain(Mechanism::Curve);
    const SessionRecord session =
        sessionBy(policyWith(changed, Mechanism::Curve), Mechanism::Curve);
    changed.keys = keys(key(), "bob", metadata("writer"), 1000);
    const Policy policy = policyWith(changed, Mechanism::Curve);
    const auto clock = [](qint64 ms) { return ms * Clock::NanosecondsPerMillisecond; };
    static qint64 now = 0;
    const WallClock wall = [] { return now; };
    now = clock(999);
    QCOMPARE(judge(session, policy, wall).reason, QByteArray());
    QCOMPARE(judge(session, policy, wall).notAfter, 1000);
    now = clock(1000);
    QCOMPARE(judge(session, policy, wall).reason, QByteArray("The key has expired"));
}

void tst_SessionVerdict::keepsReportedPeersWhileReporting()
{
    DomainPolicy reporting = domain(Mechanism::Curve);
    reporting.keys = keys(QByteArray(32, 'l'), "alice");
    reporting.reportOnly = true;
    Policy policy = policyWith(reporting, Mechanism::Curve);
    SessionRecord session = sessionBy(policy, Mechanism::Curve);
    session.isEnforced = false;
    session.userId.clear();
    QCOMPARE(judge(session, policy).reason, QByteArray());
    reporting.reportOnly = false;
    QCOMPARE(judge(session, policyWith(reporting, Mechanism::Curve)).reason,
             QByteArray("The key is unknown in the domain"));
    // It would have a user id now, which its messages do not have.
    QCOMPARE(judge(session, policyWith(domain(Mechanism::Curve), Mechanism::Curve)).reason,
             QByteArray("The peer, which had no user id, is accepted now"));
}

void tst_SessionVerdict::keepsReportedPeersOfAProviderWhileReporting_data()
{
    QTest::addColumn<bool>("decidesAlone");
    QTest::addColumn<bool>("isReporting");
    QTest::newRow("a provider decides alone, reporting") << true << true;
    QTest::newRow("a provider decides alone, enforcing") << true << false;
    QTest::newRow("a provider vetoes, reporting") << false << true;
    QTest::newRow("a provider vetoes, enforcing") << false << false;
}

// The verdict of the provider is not known when the session is judged again.
void tst_SessionVerdict::keepsReportedPeersOfAProviderWhileReporting()
{
    QFETCH(const bool, decidesAlone);
    QFETCH(const bool, isReporting);
    DomainPolicy asking = domain(Mechanism::Curve);
    asking.provider = std::make_shared<ProviderLink>(nullptr);
    asking.reportOnly = isReporting;
    if (decidesAlone) {
        asking.state = DomainPolicy::State::Unconfigured;
        asking.keys.reset();
    }
    const Policy policy = policyWith(asking, Mechanism::Curve);
    SessionRecord session = sessionBy(policy, Mechanism::Curve);
    session.isEnforced = false;
    session.userId.clear();
    const SessionVerdict verdict = judge(session, policy);
    QCOMPARE(verdict.reason,
             isReporting ? QByteArray()
                         : QByteArray("The peer was refused, and refusals are enforced now"));
    QVERIFY(!verdict.isTemporary);
}

QTEST_GUILESS_MAIN(tst_SessionVerdict)
#include "tst_sessionverdict.moc"
