// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "lockoutfixture.h"

#include <QtCore/qobject.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests which failures lock an address, and for how long.
class tst_Lockout : public QObject, protected LockoutFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { makeLockout(); }

    void doesNothingWhileDisabled();
    void locksTheAddress();
    void groupsAddresses_data();
    void groupsAddresses();
    void locksGroupsAfterFourTimesTheFailures_data();
    void locksGroupsAfterFourTimesTheFailures();
    void exemptsCredentialsThatSucceeded();
    void suspendsTheExemptionOfGuessedUsers_data();
    void suspendsTheExemptionOfGuessedUsers();
    void forgetsCredentialsThatFail();
    void successClearsNoFailures();
    void exemptsAddresses();
    void reportsEvents();
    void boundsEvents();
    void keepsTablesApart();
    void oneGroupDisplacesNoCredentialsOfOthers_data();
    void oneGroupDisplacesNoCredentialsOfOthers();
    void endsTheFirstLockIfAllAreLocked();
    void releases_data();
    void releases();
    void returnsTheRemainingTime();
    void keepsLocksWhenReconfigured();
    void forgetsAllWhenDisabled();

private:
    using Kind = Lockout::Event::Kind;

    QStringList takeEvents()
    {
        QStringList texts;
        while (const auto event = m_lockout->takeEvent()) {
            const QString address = event->address.text();
            switch (event->kind) {
            case Kind::LockedOut:
                texts += u"%1 for %2"_s.arg(address).arg(event->milliseconds);
                break;
            case Kind::Released:
                texts += u"%1 ends"_s.arg(address);
                break;
            case Kind::Displaced:
                texts += u"full"_s;
                break;
            }
        }
        return texts;
    }
};

void tst_Lockout::doesNothingWhileDisabled()
{
    QVERIFY(!m_lockout->isEnabled());
    for (int i = 0; i < 100; ++i)
        QVERIFY(!fail("10.0.0.1", QByteArray::number(i)));
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    m_lockout->endLocks();
    QVERIFY(!refusalTime("10.0.0.1"));
    QCOMPARE(m_lockout->locked(), QStringList());
    QCOMPARE(m_lockout->timeToNextEnd(), std::nullopt);
    QVERIFY(!m_lockout->hasEvents());
    QVERIFY(!m_lockout->configure(m_settings)); // still disabled
    QVERIFY(!m_lockout->isEnabled());
}

void tst_Lockout::locksTheAddress()
{
    enable();
    fail("10.0.0.1", "1");
    fail("10.0.0.1", "1");
    fail("10.0.0.1", "1", "alice"); // a different credential
    QVERIFY(!refusalTime("10.0.0.1"));
    QVERIFY(fail("10.0.0.1", "2"));
    QCOMPARE(refusalTime("10.0.0.1"), std::optional<qint64>(30'000));
    QVERIFY(!refusalTime("10.0.0.2"));
    s_now += 29'999;
    QCOMPARE(refusalTime("10.0.0.1"), std::optional<qint64>(1));
    QCOMPARE(m_lockout->timeToNextEnd(), std::optional<qint64>(1));
    ++s_now;
    QVERIFY(!refusalTime("10.0.0.1"));
}

void tst_Lockout::groupsAddresses_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<bool>("isLocked");
    QTest::newRow("IPv4: another") << QByteArray("10.0.0.1") << QByteArray("10.0.0.2") << false;
    QTest::newRow("IPv4: mapped") << QByteArray("10.0.0.1") << QByteArray("::ffff:10.0.0.1")
                                  << true;
    QTest::newRow("IPv6: one /64")
        << QByteArray("2001:db8::1") << QByteArray("2001:db8::2") << true;
    QTest::newRow("IPv6: one /48")
        << QByteArray("2001:db8::1") << QByteArray("2001:db8:0:1::2") << false;
    QTest::newRow("link-local") << QByteArray("fe80::1%a") << QByteArray("fe80::2%a") << false;
    QTest::newRow("IPC: one user")
        << QByteArray("localhost:1000:100:7") << QByteArray("localhost:1000:100:8") << true;
    QTest::newRow("IPC: two users")
        << QByteArray("localhost:1000:100:7") << QByteArray("localhost:1001:100:7") << false;
    QTest::newRow("unknown") << QByteArray() << QByteArray("rubbish") << true;
}

void tst_Lockout::groupsAddresses()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    enable();
    lock(first);
    QVERIFY(refusalTime(first));
    QTEST(refusalTime(second).has_value(), "isLocked");
    QCOMPARE(m_lockout->lockedCount(), 1);
}

void tst_Lockout::locksGroupsAfterFourTimesTheFailures_data()
{
    QTest::addColumn<QByteArray>("pattern"); // with X for 1 to f
    QTest::addColumn<QByteArray>("other");
    QTest::addColumn<QByteArray>("outsider");
    QTest::addColumn<QString>("group");
    QTest::newRow("/48") << QByteArray("2001:db8:0:X::1") << QByteArray("2001:db8:0:ffff::1")
                         << QByteArray("2001:db8:1::1") << u"2001:db8::/48"_s;
    QTest::newRow("link") << QByteArray("fe80::X%eth0") << QByteArray("fe80::ffff%eth0")
                          << QByteArray("fe80::1%eth1") << u"fe80::%eth0/10"_s;
}

void tst_Lockout::locksGroupsAfterFourTimesTheFailures()
{
    QFETCH(const QByteArray, pattern);
    QFETCH(const QByteArray, other);
    QFETCH(const QByteArray, outsider);
    enable();
    for (int i = 1; i <= 12; ++i) {
        QVERIFY(!refusalTime(other));
        // The same credential of several addresses counts once for the group.
        const QByteArray address = QByteArray(pattern).replace('X', QByteArray::number(i, 16));
        QVERIFY(!fail(address, "the same"));
        QCOMPARE(fail(address, QByteArray::number(i)), i == 11); // with "the same": 12
        if (i == 11)
            break;
    }
    QVERIFY(refusalTime(other));
    QVERIFY(!refusalTime(outsider));
    QTEST(m_lockout->locked().value(0), "group");
    QCOMPARE(m_lockout->lockedCount(), 1);
    // Credentials that have succeeded from an address are exempt from the lock of its group, too.
    m_lockout->addSuccess({other, "bob", "secret"});
    QVERIFY(!refusalTime(other));
    QVERIFY(!fail(other, "wrong")); // does not count
}

void tst_Lockout::exemptsCredentialsThatSucceeded()
{
    enable();
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    lock("10.0.0.1");
    QVERIFY(!refusalTime("10.0.0.1", "secret"));
    QVERIFY(refusalTime("10.0.0.1", "Secret"));
    QVERIFY(m_lockout->refusalTime({"10.0.0.1", "alice", "secret"}));
    lock("10.0.0.2");
    QVERIFY(refusalTime("10.0.0.2", "secret")); // it has succeeded elsewhere
    // The credential becomes exempt even if it succeeds during a lock.
    m_lockout->addSuccess({"10.0.0.2", "bob", "secret"});
    QVERIFY(!refusalTime("10.0.0.2", "secret"));
}

void tst_Lockout::suspendsTheExemptionOfGuessedUsers_data()
{
    QTest::addColumn<QByteArray>("locked");
    QTest::addColumn<QByteArray>("guessing");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<bool>("isExempt");
    QTest::addColumn<bool>("isSuspended");
    const QByteArray ours = "2001:db8::1";
    QTest::newRow("the user") << ours << ours << QByteArray("bob") << false << true;
    QTest::newRow("the user, from the same /64")
        << ours << QByteArray("2001:db8::2") << QByteArray("bob") << false << true;
    QTest::newRow("the user, the /48 is locked")
        << QByteArray("2001:db8:0:X::1") << ours << QByteArray("bob") << false << true;
    QTest::newRow("the user, from another /64 of the locked /48")
        << QByteArray("2001:db8:0:X::1") << QByteArray("2001:db8:0:1::1") << QByteArray("bob")
        << false << false;
    QTest::newRow("another user") << ours << ours << QByteArray("alice") << false << false;
    QTest::newRow("unknown user") << ours << ours << QByteArray("eve") << false << false;
    QTest::newRow("exempt address") << ours << ours << QByteArray("bob") << true << false;
    QTest::newRow("not locked") << QByteArray("2001:db9::1") << ours << QByteArray("bob") << false
                                << false;
}

void tst_Lockout::suspendsTheExemptionOfGuessedUsers()
{
    QFETCH(const QByteArray, locked); // with X for 10 to 1b
    QFETCH(const QByteArray, guessing);
    QFETCH(const QByteArray, user);
    QFETCH(const bool, isExempt);
    if (isExempt)
        m_settings.exemptAddresses.add(*AddressRule::fromText(u"2001:db8::1"_s));
    enable();
    for (const auto *address : {"2001:db8::1", "2001:db8:0:1::1"}) {
        m_lockout->addSuccess({address, "bob", "secret"});
        m_lockout->addSuccess({address, "alice", "wonder"});
    }
    for (int i = 16; i < 28; ++i)
        fail(QByteArray(locked).replace('X', QByteArray::number(i, 16)), QByteArray::number(i));
    QCOMPARE(m_lockout->lockedCount(), isExempt ? 0 : 1);
    for (int i = 0; i < 20; ++i) {
        // Retries of the right password do not count.
        QVERIFY(i >= m_settings.maximumFailures || !refusalTime("2001:db8::1"));
        m_lockout->addRefusal({guessing, user, QByteArray::number(i)});
        m_lockout->addRefusal({guessing, user, QByteArray::number(i)});
    }
    QTEST(refusalTime("2001:db8::1").has_value(), "isSuspended");
    m_lockout->addRefusal({"2001:db8::1", "bob", "secret"});
    // The next lock counts from zero.
    s_now += 30'000;
    for (int i = 0; i < m_settings.maximumFailures; ++i)
        fail("2001:db8::1", QByteArray::number(i));
    QVERIFY(!refusalTime("2001:db8::1"));
}

void tst_Lockout::forgetsCredentialsThatFail()
{
    enable();
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    lock("10.0.0.1");
    QVERIFY(!fail("10.0.0.1", "secret")); // the password was changed meanwhile
    QVERIFY(refusalTime("10.0.0.1", "secret"));
    QCOMPARE(refusalTime("10.0.0.1", "other"), std::optional<qint64>(30'000)); // not counted
}

void tst_Lockout::successClearsNoFailures()
{
    enable();
    fail("10.0.0.1", "1");
    fail("10.0.0.1", "2");
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    QVERIFY(fail("10.0.0.1", "3"));
}

void tst_Lockout::exemptsAddresses()
{
    enable();
    lock("10.0.0.1");
    lock("2001:db8::1");
    takeEvents();
    const auto four = AddressRule::fromText(u"10.0.0.0/24"_s);
    const auto six = AddressRule::fromText(u"2001:db8::1"_s); // a single address of the /64
    m_settings.exemptAddresses.add(*four);
    m_settings.exemptAddresses.add(*six);
    enable();
    QVERIFY(!refusalTime("10.0.0.1"));
    QVERIFY(!refusalTime("2001:db8::1"));
    QVERIFY(refusalTime("2001:db8::2"));
    QVERIFY(m_lockout->releaseWithin(*four));
    QVERIFY(!m_lockout->releaseWithin(*six));
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 ends"_s));
    for (int i = 0; i < 100; ++i) {
        QVERIFY(!fail("10.0.0.1", QByteArray::number(i)));
        QVERIFY(!fail("2001:db8::1", QByteArray::number(i)));
    }
    m_settings.exemptAddresses = {};
    enable();
    QVERIFY(!fail("10.0.0.1", "1")); // the first failure that counts
}

void tst_Lockout::reportsEvents()
{
    enable();
    lock("10.0.0.1");
    lock("localhost:1000:100:7");
    QVERIFY(m_lockout->hasEvents());
    QCOMPARE(takeEvents(), QStringList({u"10.0.0.1 for 30000"_s, u"ipc:uid=1000 for 30000"_s}));
    QVERIFY(!m_lockout->hasEvents());
    s_now += 30'000;
    m_lockout->endLocks();
    QCOMPARE(takeEvents(), QStringList({u"10.0.0.1 ends"_s, u"ipc:uid=1000 ends"_s}));
    lock("10.0.0.1");
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 for 60000"_s));
    s_now += 60'000;
    fail("10.0.0.1", "1"); // ends the expired lock before it is counted
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 ends"_s));
}

void tst_Lockout::boundsEvents()
{
    m_settings.maximumFailures = 1;
    enable();
    for (quint32 i = 0; i < Lockout::MaximumEvents + 10; ++i)
        lock(ipv4(i));
    QCOMPARE(m_lockout->lostEvents(), 10);
    QCOMPARE(takeEvents().size(), qsizetype(Lockout::MaximumEvents));
    lock("10.9.0.0");
    QCOMPARE(takeEvents(), QStringList(u"10.9.0.0 for 30000"_s));
    QCOMPARE(m_lockout->lostEvents(), 10);
}

void tst_Lockout::keepsTablesApart()
{
    m_settings.maximumEntries = 16; // 8 for IPv4, 6 for IPv6, 1 and 1
    enable();
    fail("10.0.0.1", "1");
    fail("10.0.0.1", "2");
    fail("localhost:1000:100:7", "1");
    fail("localhost:1000:100:7", "2");
    for (int i = 0; i < 1000; ++i)
        fail("2001:db8:" + QByteArray::number(i, 16) + "::1", "1");
    QVERIFY(fail("10.0.0.1", "3"));
    QVERIFY(fail("localhost:1000:100:7", "3"));
}

void tst_Lockout::oneGroupDisplacesNoCredentialsOfOthers_data()
{
    QTest::addColumn<QByteArray>("honest"); // with X for a number
    QTest::addColumn<QByteArray>("attacker");
    const QByteArray network("2001:db9:0:X::1");
    QTest::newRow("/48, IPv6") << QByteArray("2001:db8:X::1") << network;
    QTest::newRow("/48, IPv4") << QByteArray("10.0.0.X") << network;
    QTest::newRow("/48, IPC") << QByteArray("localhost:X:100:7") << network;
    QTest::newRow("link, IPv6") << QByteArray("2001:db8:X::1") << QByteArray("fe80::X%eth0");
}

// A party with one account and many addresses of a group makes the lockout forget its own only.
void tst_Lockout::oneGroupDisplacesNoCredentialsOfOthers()
{
    QFETCH(const QByteArray, honest);
    QFETCH(const QByteArray, attacker);
    constexpr int Honest = 64;
    const auto addressOf = [](QByteArray pattern, int number, int base) {
        return pattern.replace('X', QByteArray::number(number, base));
    };
    enable();
    for (int i = 1; i <= Honest; ++i)
        m_lockout->addSuccess({addressOf(honest, i, 10), "bob", "secret"});
    for (int i = 1; i <= 7000; ++i)
        m_lockout->addSuccess({addressOf(attacker, i, 16), "guest", "guest"});
    int kept = 0;
    for (int i = 1; i <= Honest; ++i) {
        lock(addressOf(honest, i, 10));
        kept += refusalTime(addressOf(honest, i, 10)) ? 0 : 1;
    }
    // Few share the attacker's group by chance.
    QVERIFY2(kept >= Honest - 8, QByteArray::number(kept).constData());
}

void tst_Lockout::endsTheFirstLockIfAllAreLocked()
{
    m_settings.maximumEntries = 16;
    enable();
    for (quint32 i = 0; i < 8; ++i) {
        lock(ipv4(i));
        ++s_now;
    }
    takeEvents();
    fail(ipv4(8), "1");
    QCOMPARE(takeEvents(), QStringList({u"full"_s, u"10.0.0.0 ends"_s}));
    QVERIFY(!refusalTime(ipv4(0)));
    QVERIFY(fail(ipv4(8), "2") || fail(ipv4(8), "3"));
    takeEvents();
    fail(ipv4(9), "1"); // not reported again
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 ends"_s));
}

void tst_Lockout::releases_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QStringList>("released");
    const QString four = u"10.0.0.1"_s;
    const QString six = u"2001:db8::/64"_s;
    QTest::newRow("IPv4") << four << QStringList(four);
    QTest::newRow("IPv4 subnet") << u"10.0.0.0/8"_s << QStringList({four, u"10.0.0.2"_s});
    QTest::newRow("an address of a /64") << u"2001:db8::9"_s << QStringList(six);
    QTest::newRow("the /64") << six << QStringList(six);
    QTest::newRow("IPC user") << u"ipc:uid=1000"_s << QStringList(u"ipc:uid=1000"_s);
    QTest::newRow("not locked") << u"10.0.0.3"_s << QStringList();
}

void tst_Lockout::releases()
{
    QFETCH(const QString, rule);
    QFETCH(const QStringList, released);
    enable();
    for (const auto *address : {"10.0.0.1", "10.0.0.2", "2001:db8::1", "localhost:1000:100:7", ""})
        lock(address);
    takeEvents();
    QCOMPARE(m_lockout->release(*AddressRule::fromText(rule)), !released.isEmpty());
    QStringList events;
    for (const QString &address : released)
        events += address + u" ends"_s;
    QCOMPARE(takeEvents(), events);
    QCOMPARE(m_lockout->lockedCount(), 5 - released.size());
    QVERIFY(m_lockout->releaseUnknown());
    QVERIFY(!m_lockout->releaseUnknown());
    QVERIFY(!refusalTime("rubbish"));
}

void tst_Lockout::returnsTheRemainingTime()
{
    enable();
    lock("10.0.0.1");
    s_now += 10'000;
    lock("10.0.0.2");
    lock("");
    const auto remaining = [this](const QString &rule) {
        return m_lockout->remainingTime(*AddressRule::fromText(rule)).value_or(-1);
    };
    QCOMPARE(remaining(u"10.0.0.1"_s), 20'000);
    QCOMPARE(remaining(u"10.0.0.0/8"_s), 30'000);
    QCOMPARE(remaining(u"10.0.0.3"_s), -1);
    QCOMPARE(m_lockout->remainingTimeOfUnknown().value_or(-1), 30'000);
    QCOMPARE(m_lockout->timeToNextEnd().value_or(-1), 20'000);
    QCOMPARE(m_lockout->locked().value(0), u"10.0.0.1"_s);
    s_now += 20'000;
    QCOMPARE(remaining(u"10.0.0.1"_s), -1);
}

void tst_Lockout::keepsLocksWhenReconfigured()
{
    enable();
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    lock("10.0.0.1");
    fail("10.0.0.2", "1");
    fail("10.0.0.2", "2");
    takeEvents();
    m_settings.maximumEntries = 100;
    enable();
    m_settings.interval = 1;
    enable();
    QCOMPARE(m_lockout->locked(), QStringList(u"10.0.0.1"_s));
    QVERIFY(!refusalTime("10.0.0.1", "secret"));
    QVERIFY(refusalTime("10.0.0.1", "other"));
    QVERIFY(fail("10.0.0.2", "3"));
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.2 for 30000"_s));
}

void tst_Lockout::forgetsAllWhenDisabled()
{
    enable();
    m_lockout->addSuccess({"10.0.0.1", "bob", "secret"});
    lock("10.0.0.1");
    takeEvents();
    m_settings.isEnabled = false;
    QVERIFY(!m_lockout->configure(m_settings));
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 ends"_s));
    QVERIFY(!refusalTime("10.0.0.1"));
    QCOMPARE(m_lockout->lockedCount(), 0);
    enable();
    lock("10.0.0.1");
    QVERIFY(refusalTime("10.0.0.1", "secret"));
    QCOMPARE(takeEvents(), QStringList(u"10.0.0.1 for 30000"_s));
}

QTEST_APPLESS_MAIN(tst_Lockout)
#include "tst_lockout.moc"
