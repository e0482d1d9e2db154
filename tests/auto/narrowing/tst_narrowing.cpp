// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/clock.h"
#include "sessions/narrowing.h"

#include <QtTest/qtest.h>

#include <functional>

using namespace QZap;
using namespace QZap::Internal;

using Change = std::function<void(DomainPolicy *, Policy *)>;
Q_DECLARE_METATYPE(Change)

class tst_Narrowing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void compares_data();
    void compares();
    void comparesTheLastDecidedPolicies();
    void comparesWhatIsBeingWritten_data();
    void comparesWhatIsBeingWritten();
    void comparesInSteps();
    void isNotHeldUpByOtherChanges();
    void countsAnInterruptedComparisonAsNarrower();
    void countsPoliciesInBetween_data();
    void countsPoliciesInBetween();
    void countsPoliciesBeforeAHold();
    void ignoresCredentialsThatAreNotConnected_data();
    void ignoresCredentialsThatAreNotConnected();
    void ignoresOtherDomains();
    void tellsTheNextExpiry();

private:
    static std::shared_ptr<const KeyStore> keys(const QByteArray &names,
                                                const QByteArray &userId = "bob")
    {
        KeyStore::Builder builder;
        for (const char name : names) {
            const QByteArray key(32, name);
            builder.add(reinterpret_cast<const uchar *>(key.data()), userId);
        }
        return builder.build();
    }
    // The keys a and b, of which b expires.
    static std::shared_ptr<const KeyStore> expiring(qint64 notAfter)
    {
        KeyStore::Builder builder;
        for (const char name : {'a', 'b'}) {
            const QByteArray key(32, name);
            builder.add(reinterpret_cast<const uchar *>(key.data()), "bob");
        }
        builder.setNotAfter(notAfter);
        return builder.build();
    }
    static std::shared_ptr<const PasswordStore> users(const QByteArrayList &names,
                                                      const QByteArray &password = "secret")
    {
        auto store = std::make_shared<PasswordStore>();
        for (const QByteArray &name : names)
            store->insert(name, password);
        return store;
    }
    static std::shared_ptr<const AddressRules> rules(const QStringList &addresses)
    {
        auto result = std::make_shared<AddressRules>();
        for (const QString &address : addresses)
            result->add(*AddressRule::fromText(address));
        return result;
    }
    static std::shared_ptr<const Policy> policyOf(const DomainPolicy &domain, Policy policy,
                                                  const QByteArray &name = "test")
    {
        auto table = std::make_shared<DomainTable>();
        table->insert(name, Mechanism::Curve, std::make_shared<DomainPolicy>(domain));
        policy.domains = table;
        return std::make_shared<Policy>(policy);
    }
    static DomainPolicy ready(const QByteArray &names = "ab")
    {
        DomainPolicy domain;
        domain.state = DomainPolicy::State::Ready;
        domain.keys = keys(names);
        return domain;
    }
    static std::shared_ptr<const KeyStore> manyKeys(int count)
    {
        KeyStore::Builder builder;
        for (int i = 0; i < count; ++i) {
            QByteArray key(32, 'x');
            std::memcpy(key.data(), &i, sizeof i);
            builder.add(reinterpret_cast<const uchar *>(key.data()), "bob");
        }
        return builder.build();
    }
    static PolicySnapshot snapshotOf(const std::shared_ptr<const Policy> &policy)
    {
        return {policy, 1, 0, 0};
    }
    static bool isNarrowed(Narrowing *narrowing, const PolicySnapshot &snapshot)
    {
        const bool areAddressesNarrowed = narrowing->start(snapshot);
        Narrowing::Outcome outcome = Narrowing::Outcome::Unfinished;
        while (outcome == Narrowing::Outcome::Unfinished)
            outcome = narrowing->step(QDeadlineTimer(QDeadlineTimer::Forever));
        return areAddressesNarrowed || outcome == Narrowing::Outcome::Narrowed;
    }
    static bool isNarrowed(Narrowing *narrowing, const std::shared_ptr<const Policy> &policy)
    {
        return isNarrowed(narrowing, snapshotOf(policy));
    }
};

void tst_Narrowing::compares_data()
{
    QTest::addColumn<Change>("before");
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("isNarrowed");
    const auto nothing = [](DomainPolicy *, Policy *) {};
    const auto row = [&](const char *name, const Change &before, const Change &change,
                         bool expected) { QTest::newRow(name) << before << change << expected; };
    const auto keysOf = [](const QByteArray &names, const QByteArray &userId = "bob") {
        return [=](DomainPolicy *domain, Policy *) { domain->keys = keys(names, userId); };
    };
    const auto usersOf = [](const QByteArrayList &names, const QByteArray &password = "secret") {
        return [=](DomainPolicy *domain, Policy *) {
            domain->keys.reset();
            domain->passwords = users(names, password);
        };
    };
    const auto addresses = [](AddressMode mode, const QStringList &list) {
        return [=](DomainPolicy *, Policy *policy) {
            policy->addressMode = mode;
            policy->addresses = rules(list);
        };
    };
    const auto state = [](DomainPolicy::State next) {
        return [=](DomainPolicy *domain, Policy *) { domain->state = next; };
    };
    const QString net = QStringLiteral("10.0.0.0/8");
    const QString host = QStringLiteral("192.0.2.1");
    row("nothing", nothing, nothing, false);
    row("the same keys, loaded again", nothing, keysOf("ab"), false);
    row("a key is added", nothing, keysOf("abc"), false);
    row("a key is removed", nothing, keysOf("a"), true);
    row("a key is replaced", nothing, keysOf("ac"), true);
    row("another user id", nothing, keysOf("ab", "eve"), true);
    row("the last key is removed", nothing, keysOf(""), true);
    const qint64 now = Clock::wallMilliseconds();
    const auto expiringAt = [](qint64 notAfter) {
        return [=](DomainPolicy *domain, Policy *) { domain->keys = expiring(notAfter); };
    };
    row("a key expires from now on", nothing, expiringAt(now), true);
    row("a key expires earlier, from now on", expiringAt(now + 1'000'000), expiringAt(now - 1),
        true);
    row("a key will expire", nothing, expiringAt(now + 1'000'000), false);
    row("a key had expired", expiringAt(now - 1), expiringAt(now - 1), false);
    row("a key expires later", expiringAt(now - 1), expiringAt(now + 1'000'000), false);
    row("a user is added", usersOf({"bob"}), usersOf({"bob", "eve"}), false);
    row("a user is removed", usersOf({"bob", "eve"}), usersOf({"bob"}), true);
    row("another password", usersOf({"bob"}), usersOf({"bob"}, "other"), true);
    const auto userExpiringAt = [](qint64 notAfter) {
        return [=](DomainPolicy *domain, Policy *) {
            auto store = std::make_shared<PasswordStore>();
            store->insert("bob", "secret");
            store->setDetails("bob", {{}, notAfter});
            domain->keys.reset();
            domain->passwords = store;
        };
    };
    row("a user expires from now on", usersOf({"bob"}), userExpiringAt(now), true);
    row("a user will expire", usersOf({"bob"}), userExpiringAt(now + 1'000'000), false);
    row("a user expires later", userExpiringAt(now - 1), userExpiringAt(now + 1'000'000), false);
    row(
        "any key, then some",
        [](DomainPolicy *d, Policy *) {
            d->keys.reset();
            d->acceptsAll = true;
        },
        keysOf("ab"), false);
    row(
        "any key no more", [](DomainPolicy *d, Policy *) { d->acceptsAll = true; },
        [](DomainPolicy *d, Policy *) { d->acceptsAll = false; }, true);
    row(
        "lockdown", nothing, [](DomainPolicy *, Policy *p) { p->lockdown = true; }, false);
    row(
        "held", nothing,
        [](DomainPolicy *d, Policy *p) {
            p->onHold = true;
            d->keys = keys("");
        },
        false);
    row(
        "being written", nothing,
        [](DomainPolicy *d, Policy *) {
            d->isSettling = true;
            d->keys = keys("");
        },
        false);
    row("unreadable", nothing, state(DomainPolicy::State::Unavailable), false);
    row("loading", nothing, state(DomainPolicy::State::Loading), false);
    row("closed", nothing, state(DomainPolicy::State::Closed), true);
    row(
        "reports no more", [](DomainPolicy *d, Policy *) { d->reportOnly = true; },
        [](DomainPolicy *d, Policy *) { d->reportOnly = false; }, true);
    row("an allow list", nothing, addresses(AddressMode::Allow, {net}), true);
    row("an allow list is longer", addresses(AddressMode::Allow, {net}),
        addresses(AddressMode::Allow, {net, host}), false);
    row("an allow list is shorter", addresses(AddressMode::Allow, {net, host}),
        addresses(AddressMode::Allow, {host}), true);
    row("no allow list", addresses(AddressMode::Allow, {net}), addresses(AddressMode::Unset, {}),
        false);
    row("a deny list", nothing, addresses(AddressMode::Deny, {net}), true);
    row("a deny list is longer", addresses(AddressMode::Deny, {net}),
        addresses(AddressMode::Deny, {net, host}), true);
    row("a deny list is shorter", addresses(AddressMode::Deny, {net, host}),
        addresses(AddressMode::Deny, {net}), false);
    row("a deny list, then an allow list", addresses(AddressMode::Deny, {net}),
        addresses(AddressMode::Allow, {net}), true);
}

void tst_Narrowing::compares()
{
    QFETCH(const Change, before);
    QFETCH(const Change, change);
    QFETCH(const bool, isNarrowed);

    DomainPolicy domain = ready();
    Policy policy;
    before(&domain, &policy);
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!tst_Narrowing::isNarrowed(&narrowing, policyOf(domain, policy)));
    change(&domain, &policy);
    QCOMPARE(tst_Narrowing::isNarrowed(&narrowing, policyOf(domain, policy)), isNarrowed);
    // Once.
    QVERIFY(!tst_Narrowing::isNarrowed(&narrowing, policyOf(domain, policy)));
}

// What happens while a domain gives temporary answers is noticed after that.
void tst_Narrowing::comparesTheLastDecidedPolicies()
{
    DomainPolicy domain = ready();
    DomainPolicy loading;
    loading.state = DomainPolicy::State::Loading;
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, policyOf(domain, {})));
    QVERIFY(!isNarrowed(&narrowing, policyOf(loading, {})));
    Policy denying;
    denying.addressMode = AddressMode::Allow;
    QVERIFY(isNarrowed(&narrowing, policyOf(loading, denying)));
    QVERIFY(!isNarrowed(&narrowing, policyOf(loading, denying)));
    domain.keys = keys("a");
    QVERIFY(isNarrowed(&narrowing, policyOf(domain, denying)));
}

// The keys of consecutive policies; "~" if the list is being written.
void tst_Narrowing::comparesWhatIsBeingWritten_data()
{
    QTest::addColumn<QByteArrayList>("policies");
    QTest::addColumn<bool>("isNarrowed");
    const auto row = [](const char *name, const QByteArrayList &policies, bool expected) {
        QTest::newRow(name) << policies << expected;
    };
    row("nothing changes", {"ab", "ab~", "ab"}, false);
    row("a key is added", {"ab", "abc~", "abc"}, false);
    row("keys are added", {"ab", "abc~", "abcd~", "abcde~", "abcde"}, false);
    row("the list is written again", {"ab", "~", "a~", "ab~", "ab"}, false);
    row("a key is removed", {"ab", "a~", "a"}, true);
    row("a key is removed, and the list is written again", {"ab", "~", "a~", "a"}, true);
    row("a key is added, and removed", {"ab", "abc~", "ab"}, true);
    row("a key is added and removed while the list is being written", {"ab", "abc~", "ab~", "ab"},
        true);
    row("a key is added first, and removed last", {"ab", "abc~", "abcd~", "abd"}, true);
    row("a key is added, and the list is written again without it", {"ab", "abc~", "~", "ab"},
        true);
    row("a list without a key is being written first", {"ab~", "abc~", "abc", "ab"}, true);
}

// A list lets in the peers that it contains while it is being written.
void tst_Narrowing::comparesWhatIsBeingWritten()
{
    QFETCH(const QByteArrayList, policies);
    QFETCH(const bool, isNarrowed);

    for (const int slice : {-1, 0}) { // of each step, in ms
        Narrowing narrowing("test", Mechanism::Curve, {});
        bool result = false;
        for (const QByteArray &each : policies) {
            QVERIFY(!result);
            DomainPolicy domain = ready(QByteArray(each).replace('~', ""));
            domain.isSettling = each.endsWith('~');
            (void)narrowing.start(snapshotOf(policyOf(domain, {})));
            Narrowing::Outcome outcome = Narrowing::Outcome::Unfinished;
            while (outcome == Narrowing::Outcome::Unfinished)
                outcome = narrowing.step(QDeadlineTimer(slice));
            result = outcome == Narrowing::Outcome::Narrowed;
        }
        QCOMPARE(result, isNarrowed);
    }
}

void tst_Narrowing::comparesInSteps()
{
    constexpr int Count = 100'000;
    DomainPolicy domain = ready();
    domain.keys = manyKeys(Count);
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, policyOf(domain, {})));
    domain.keys = manyKeys(Count - 1);
    (void)narrowing.start(snapshotOf(policyOf(domain, {})));
    int steps = 1;
    Narrowing::Outcome outcome = Narrowing::Outcome::Unfinished;
    for (; steps < Count; ++steps) {
        outcome = narrowing.step(QDeadlineTimer(0));
        if (outcome != Narrowing::Outcome::Unfinished)
            break;
    }
    QVERIFY(steps > 100);
    QCOMPARE(outcome, Narrowing::Outcome::Narrowed);
}

// The policy changes more often than it can be compared.
void tst_Narrowing::isNotHeldUpByOtherChanges()
{
    constexpr int Count = 10'000;
    DomainPolicy domain = ready();
    domain.keys = manyKeys(Count);
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, policyOf(domain, {})));
    domain.keys = manyKeys(Count - 1);
    Narrowing::Outcome outcome = Narrowing::Outcome::Unfinished;
    for (int i = 0; i < Count && outcome == Narrowing::Outcome::Unfinished; ++i) {
        Policy policy;
        policy.lockdown = i % 2 == 0;
        (void)narrowing.start(snapshotOf(policyOf(domain, policy)));
        outcome = narrowing.step(QDeadlineTimer(0));
    }
    QCOMPARE(outcome, Narrowing::Outcome::Narrowed);
}

void tst_Narrowing::countsAnInterruptedComparisonAsNarrower()
{
    DomainPolicy domain = ready();
    domain.keys = manyKeys(10'000);
    const auto before = policyOf(domain, {});
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, before));
    domain.keys = manyKeys(10'001);
    (void)narrowing.start(snapshotOf(policyOf(domain, {})));
    QCOMPARE(narrowing.step(QDeadlineTimer(0)), Narrowing::Outcome::Unfinished);
    QVERIFY(isNarrowed(&narrowing, before));
    QVERIFY(!isNarrowed(&narrowing, before));
}

void tst_Narrowing::countsPoliciesInBetween_data()
{
    QTest::addColumn<quint64>("ruleChanges");
    QTest::addColumn<quint64>("usedVersion");
    QTest::addColumn<bool>("expected");
    QTest::newRow("no change") << quint64(7) << quint64(12) << false;
    QTest::newRow("one change") << quint64(8) << quint64(12) << false;
    QTest::newRow("two changes, nobody was let in") << quint64(9) << quint64(10) << false;
    QTest::newRow("two changes, somebody was let in") << quint64(9) << quint64(11) << true;
}

// A key is added, its peer is let in, and the key is removed, before the policies are compared.
void tst_Narrowing::countsPoliciesInBetween()
{
    QFETCH(const quint64, ruleChanges);
    QFETCH(const quint64, usedVersion);
    QFETCH(const bool, expected);

    const auto policy = policyOf(ready(), {});
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, PolicySnapshot{policy, 10, 7, 3}));
    const PolicySnapshot later{policyOf(ready(), {}), 20, ruleChanges, usedVersion};
    QCOMPARE(isNarrowed(&narrowing, later), expected);
    QVERIFY(!isNarrowed(&narrowing, later));
}

// A key is added, its peer is let in, and the configuration is held, before the policies are
// compared; then the key is removed.
void tst_Narrowing::countsPoliciesBeforeAHold()
{
    const auto policy = policyOf(ready("a"), {});
    Policy held;
    held.onHold = true;
    Narrowing narrowing("test", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, PolicySnapshot{policy, 10, 7, 3}));
    QVERIFY(!isNarrowed(&narrowing, PolicySnapshot{policyOf(ready("ab"), held), 12, 8, 3}));
    QVERIFY(isNarrowed(&narrowing, PolicySnapshot{policyOf(ready("a"), {}), 13, 9, 11}));
}

void tst_Narrowing::ignoresCredentialsThatAreNotConnected_data()
{
    QTest::addColumn<QByteArray>("now");
    QTest::addColumn<bool>("isNarrowed");
    QTest::newRow("another one is removed") << QByteArray("a") << false;
    QTest::newRow("it is removed") << QByteArray("b") << true;
    QTest::newRow("all are removed") << QByteArray() << true;
}

void tst_Narrowing::ignoresCredentialsThatAreNotConnected()
{
    QFETCH(const QByteArray, now);
    QFETCH(const bool, isNarrowed);

    const QByteArray connected(32, 'a');
    const auto mayBeConnected = [&](QByteArrayView key) { return key == connected; };
    Narrowing narrowing("test", Mechanism::Curve, mayBeConnected);
    QVERIFY(!tst_Narrowing::isNarrowed(&narrowing, policyOf(ready("ab"), {})));
    QCOMPARE(tst_Narrowing::isNarrowed(&narrowing, policyOf(ready(now), {})), isNarrowed);
    QVERIFY(!tst_Narrowing::isNarrowed(&narrowing, policyOf(ready(now), {})));
}

void tst_Narrowing::ignoresOtherDomains()
{
    DomainPolicy domain = ready();
    Narrowing narrowing("other", Mechanism::Curve, {});
    QVERIFY(!isNarrowed(&narrowing, policyOf(domain, {})));
    domain.keys = keys("");
    QVERIFY(!isNarrowed(&narrowing, policyOf(domain, {})));
}

// Also that of keys which the domain does not contain while it is being loaded.
void tst_Narrowing::tellsTheNextExpiry()
{
    Narrowing narrowing("test", Mechanism::Curve, nullptr);
    QCOMPARE(narrowing.nextExpiry(0), KeyStore::Never);
    DomainPolicy domain = ready();
    domain.keys = expiring(1000);
    const auto decided = policyOf(domain, {});
    narrowing.start({decided, 7, 0, 0});
    QCOMPARE(narrowing.nextExpiry(0), 1000);
    DomainPolicy loading;
    loading.state = DomainPolicy::State::Loading;
    narrowing.start({policyOf(loading, {}), 8, 0, 0});
    QCOMPARE(narrowing.decided(), decided);
    QCOMPARE(narrowing.decidedVersion(), 7);
    QCOMPARE(narrowing.nextExpiry(0), 1000);
    QCOMPARE(narrowing.nextExpiry(1000), KeyStore::Never);
    domain.keys = expiring(500);
    domain.isSettling = true;
    narrowing.start({policyOf(domain, {}), 9, 0, 0});
    QCOMPARE(narrowing.nextExpiry(0), 500);
    QCOMPARE(narrowing.nextExpiry(500), 1000);
    narrowing.start({policyOf(ready(), {}), 10, 0, 0});
    QCOMPARE(narrowing.nextExpiry(0), KeyStore::Never);
}

QTEST_GUILESS_MAIN(tst_Narrowing)
#include "tst_narrowing.moc"
