// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessioncore.h"

#include <QtTest/qtest.h>

#include <atomic>
#include <functional>
#include <thread>

using namespace QZap;
using namespace QZap::Internal;

// Which guards a revocation concerns, and whether a peer may still be let in by a decision.
class tst_SessionCore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsGuardsOfARevokedUser_data();
    void findsGuardsOfARevokedUser();
    void findsAllGuards_data();
    void findsAllGuards();
    void recordsNothingWithoutAGuard();
    void admits_data();
    void admits();
    void reportsPoliciesInBetween();
    void missesNoPeer();

private:
    static std::shared_ptr<GuardLink> guard()
    {
        return std::make_shared<GuardLink>([] {});
    }
    static SessionCore::Admission bob(quint64 number, quint64 policyVersion)
    {
        return {{"test", Mechanism::Plain}, "bob", "bob", number, policyVersion};
    }
};

void tst_SessionCore::findsGuardsOfARevokedUser_data()
{
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<quint64>("after");
    QTest::addColumn<bool>("isConcerned");
    QTest::newRow("accepted") << QByteArray("bob") << QByteArray("test") << Mechanism::Plain
                              << quint64(4) << true;
    QTest::newRow("accepted before the socket had peers")
        << QByteArray("bob") << QByteArray("test") << Mechanism::Plain << quint64(5) << false;
    QTest::newRow("another user") << QByteArray("eve") << QByteArray("test") << Mechanism::Plain
                                  << quint64(4) << false;
    QTest::newRow("another domain")
        << QByteArray("bob") << QByteArray("other") << Mechanism::Plain << quint64(4) << false;
    QTest::newRow("another mechanism")
        << QByteArray("bob") << QByteArray("test") << Mechanism::Curve << quint64(4) << false;
}

void tst_SessionCore::findsGuardsOfARevokedUser()
{
    QFETCH(const QByteArray, userId);
    QFETCH(const QByteArray, domain);
    QFETCH(const Mechanism, mechanism);
    QFETCH(const quint64, after);
    QFETCH(const bool, isConcerned);

    SessionCore core;
    const auto link = guard();
    link->setScope(domain, mechanism, after);
    core.addGuard(link);
    QCOMPARE(core.admit(bob(5, core.policies().version())), Admittance::Granted);
    core.revoke(userId);
    QCOMPARE(link->takeRevoked(), isConcerned);
    QVERIFY(!link->takeRevoked());
}

void tst_SessionCore::findsAllGuards_data()
{
    QTest::addColumn<int>("revokedUsers");
    QTest::newRow("revokeAll()") << 0;
    QTest::newRow("more users than can be recorded") << int(Revocations::MaximumRecords) + 1;
}

void tst_SessionCore::findsAllGuards()
{
    QFETCH(const int, revokedUsers);

    SessionCore core;
    const auto link = guard();
    core.addGuard(link);
    for (int i = 1; i <= revokedUsers; ++i) {
        QVERIFY(!link->takeRevoked());
        core.revoke(QByteArray::number(i));
    }
    if (revokedUsers == 0)
        core.revokeAll();
    QVERIFY(link->takeRevoked());
}

void tst_SessionCore::recordsNothingWithoutAGuard()
{
    SessionCore core;
    QCOMPARE(core.admit(bob(1, core.policies().version())), Admittance::Granted);
    QVERIFY(!core.accepted().mayHaveUser({"test", Mechanism::Plain}, "bob", 0));
    core.addGuard(guard());
    QCOMPARE(core.admit(bob(2, core.policies().version())), Admittance::Granted);
    QVERIFY(core.accepted().mayHaveUser({"test", Mechanism::Plain}, "bob", 0));
    QVERIFY(core.accepted().mayHaveCredential({"test", Mechanism::Plain}, "bob", 1));
    QVERIFY(!core.accepted().mayHaveCredential({"test", Mechanism::Plain}, "bob", 2));
    // A peer without a user id cannot be revoked by one.
    QCOMPARE(core.admit({{"test", Mechanism::Plain}, "eve", {}, 3, core.policies().version()}),
             Admittance::Granted);
    QVERIFY(core.accepted().mayHaveCredential({"test", Mechanism::Plain}, "eve", 0));
    QVERIFY(!core.accepted().mayHaveUser({"test", Mechanism::Plain}, {}, 0));
}

using Meanwhile = std::function<void(SessionCore *)>;
Q_DECLARE_METATYPE(Meanwhile)

void tst_SessionCore::admits_data()
{
    QTest::addColumn<Meanwhile>("meanwhile");
    QTest::addColumn<Admittance>("admittance");
    const auto add = [](const char *name, const Meanwhile &meanwhile, Admittance admittance) {
        QTest::newRow(name) << meanwhile << admittance;
    };
    const Meanwhile publish = [](SessionCore *core) { core->publish(std::make_shared<Policy>()); };
    const Meanwhile revoke = [](SessionCore *core) { core->revoke("bob"); };
    add(
        "nothing", [](SessionCore *) {}, Admittance::Granted);
    add("another policy", publish, Admittance::Outdated);
    add("the user is revoked", revoke, Admittance::Revoked);
    add(
        "all are revoked", [](SessionCore *core) { core->revokeAll(); }, Admittance::Revoked);
    add(
        "the user is revoked, then another policy",
        [=](SessionCore *core) {
            revoke(core);
            publish(core);
        },
        Admittance::Revoked);
}

void tst_SessionCore::admits()
{
    QFETCH(const Meanwhile, meanwhile);
    QFETCH(const Admittance, admittance);

    SessionCore core;
    core.addGuard(guard());
    const quint64 number = core.numbers().draw();
    const quint64 version = core.policies().version();
    meanwhile(&core);
    QCOMPARE(core.admit(bob(number, version)), admittance);
    // By a decision that begins after that.
    QCOMPARE(core.admit(bob(core.numbers().draw(), core.policies().version())),
             Admittance::Granted);
}

void tst_SessionCore::reportsPoliciesInBetween()
{
    SessionCore core;
    core.addGuard(guard());
    const PolicySnapshot first = core.policies().snapshot();
    const auto publish = [&core](bool lockdown) {
        Policy policy = *core.policies().current();
        if (!lockdown)
            policy.domains = std::make_shared<DomainTable>();
        policy.lockdown = lockdown;
        core.publish(std::make_shared<Policy>(policy));
    };
    publish(true); // changes no rules
    QCOMPARE(core.policies().snapshot().ruleChanges, first.ruleChanges);
    publish(false);
    QCOMPARE(core.policies().snapshot().ruleChanges, first.ruleChanges + 1);
    QVERIFY(core.policies().snapshot().usedVersion <= first.version);
    const quint64 version = core.policies().version();
    QCOMPARE(core.admit(bob(1, version)), Admittance::Granted);
    publish(false);
    QCOMPARE(core.policies().snapshot().ruleChanges, first.ruleChanges + 2);
    QCOMPARE(core.policies().snapshot().usedVersion, version);
}

// A peer that is let in while its user is revoked is either found by the revocation, or decided on
// again.
void tst_SessionCore::missesNoPeer()
{
    constexpr int Count = 2000;
    SessionCore core;
    const auto link = guard();
    link->setScope("test", Mechanism::Plain, 0);
    core.addGuard(link);
    std::atomic<int> begun{0}; // rounds, by both threads
    std::atomic<int> finished{0};
    const auto wait = [](const std::atomic<int> &counter, int value) {
        while (counter < value)
            std::this_thread::yield();
    };
    bool isAdmitted = false;
    std::thread engine([&] {
        for (int i = 1; i <= Count; ++i) {
            const QByteArray user = QByteArray::number(i);
            const quint64 number = core.numbers().draw();
            const quint64 version = core.policies().version();
            ++begun;
            wait(begun, 2 * i);
            isAdmitted = core.admit({{"test", Mechanism::Plain}, user, user, number, version})
                         == Admittance::Granted;
            ++finished;
            wait(finished, 2 * i);
        }
    });
    int missed = 0;
    for (int i = 1; i <= Count; ++i) {
        ++begun;
        wait(begun, 2 * i);
        core.revoke(QByteArray::number(i));
        wait(finished, 2 * i - 1);
        if (!link->takeRevoked() && isAdmitted)
            ++missed;
        ++finished;
    }
    engine.join();
    QCOMPARE(missed, 0);
}

QTEST_APPLESS_MAIN(tst_SessionCore)
#include "tst_sessioncore.moc"
