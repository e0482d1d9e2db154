// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/lockoutaddress.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_LockoutAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void describesAddresses_data();
    void describesAddresses();
    void distinguishesAddresses_data();
    void distinguishesAddresses();
    void comparesWithRules_data();
    void comparesWithRules();
};

void tst_LockoutAddress::describesAddresses_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("group");
    const auto row = [](const char *title, const QByteArray &address, const char *text,
                        const char *group = "") {
        QTest::newRow(title) << address << QString::fromLatin1(text) << QString::fromLatin1(group);
    };
    row("IPv4", "10.0.0.1", "10.0.0.1");
    row("IPv4 in IPv6", "::ffff:10.0.0.1", "10.0.0.1");
    row("IPv4: the last", "255.255.255.255", "255.255.255.255");
    row("IPv6", "2001:db8:1:2::1", "2001:db8:1:2::/64", "2001:db8:1::/48");
    row("IPv6: loopback", "::1", "::/64", "::/48");
    row("link-local", "fe80::1%eth0", "fe80::1%eth0", "fe80::%eth0/10");
    row("link-local without a zone", "fe80::1", "fe80::1", "fe80::/10");
    row("zone: longer than is kept", "fe80::1%abcdefghijklmnopqrs", "fe80::1%abcdefghijklmno",
        "fe80::%abcdefghijklmno/10");
    row("IPC", "localhost:1000:100:7", "ipc:uid=1000");
    row("IPC: the last user", "localhost:4294967295:0:7", "ipc:uid=4294967295");
    row("no address", "", "unknown");
    row("rubbish", "rubbish", "unknown");
}

void tst_LockoutAddress::describesAddresses()
{
    QFETCH(const QByteArray, address);
    const LockoutAddress peer = LockoutAddress::of(address);
    QTEST(peer.text(), "text");
    const auto group = peer.group();
    QTEST(group ? group->text() : QString(), "group");
    QVERIFY(!group || !group->group());
}

void tst_LockoutAddress::distinguishesAddresses_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<bool>("isSameAddress");
    QTest::addColumn<bool>("isSameGroup");
    const auto row = [](const char *title, const QByteArray &first, const QByteArray &second,
                        bool isSameAddress, bool isSameGroup) {
        QTest::newRow(title) << first << second << isSameAddress << isSameGroup;
    };
    row("IPv4: neighbours", "10.0.0.1", "10.0.0.2", false, false);
    row("IPv4: mapped and not", "10.0.0.1", "::ffff:10.0.0.1", true, false);
    row("IPv6: one /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff::", true, true);
    row("IPv6: one /48", "2001:db8:1:2::1", "2001:db8:1:3::1", false, true);
    row("IPv6: two /48", "2001:db8:1::1", "2001:db8:2::1", false, false);
    row("IPv6 whose /64 looks like an IPv4 address", "::a00:1:0:0:0:0", "10.0.0.1", false, false);
    row("link-local: one link", "fe80::1%eth0", "fe80::2%eth0", false, true);
    row("link-local: two links", "fe80::1%eth0", "fe80::1%wlan0", false, false);
    row("IPC: one user", "localhost:1000:100:7", "localhost:1000:101:8", true, false);
    row("IPC: two users", "localhost:1000:100:7", "localhost:1001:100:7", false, false);
    row("IPC: a user like an IPv4 address", "localhost:167772161:1:1", "10.0.0.1", false, false);
    row("two that are no address", "rubbish", "nonsense", true, false);
    row("no address and IPv4 zero", "rubbish", "0.0.0.0", false, false);
}

void tst_LockoutAddress::distinguishesAddresses()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    const LockoutAddress one = LockoutAddress::of(first);
    const LockoutAddress other = LockoutAddress::of(second);
    QTEST(one == other, "isSameAddress");
    QCOMPARE(one.bytes() == other.bytes(), one == other);
    QTEST(one.group().has_value() && one.group() == other.group(), "isSameGroup");
}

void tst_LockoutAddress::comparesWithRules_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QString>("rule");
    QTest::addColumn<bool>("overlaps");
    QTest::addColumn<bool>("isIn");
    const auto row = [](const QByteArray &address, const char *rule, bool overlaps, bool isIn) {
        QTest::addRow("%s, %s", address.constData(), rule)
            << address << QString::fromLatin1(rule) << overlaps << isIn;
    };
    row("10.0.0.1", "10.0.0.1", true, true);
    row("10.0.0.1", "::ffff:10.0.0.1", true, true);
    row("10.0.0.1", "10.0.0.2", false, false);
    row("10.0.0.1", "10.0.0.0/31", true, true);
    row("10.0.0.1", "0.0.0.0/0", true, true);
    row("10.0.0.1", "::/0", false, false);
    row("10.0.0.1", "ipc:*", false, false);
    row("2001:db8:1:2::1", "2001:db8:1:2::9", true, false);
    row("2001:db8:1:2::1", "2001:db8:1:2::/64", true, true);
    row("2001:db8:1:2::1", "2001:db8:1:3::/64", false, false);
    row("2001:db8:1:2::1", "2001:db8:1:2::/63", true, true);
    row("2001:db8:1:2::1", "2001:db8:1::/48", true, true);
    row("2001:db8:1:2::1", "::/0", true, true);
    row("::1", "10.0.0.1", false, false);
    row("fe80::1%eth0", "fe80::1", true, true);
    row("fe80::1%eth0", "fe80::1%eth0", true, true);
    row("fe80::1%eth0", "fe80::1%wlan0", false, false);
    row("fe80::1%eth0", "fe80::/10", true, true);
    row("localhost:1000:100:7", "ipc:uid=1000", true, true);
    row("localhost:1000:100:7", "ipc:uid=1001", false, false);
    row("localhost:1000:100:7", "ipc:gid=100", false, false);
    row("localhost:1000:100:7", "ipc:*", true, true);
    row("localhost:1000:100:7", "::/0", false, false);
    row("rubbish", "0.0.0.0/0", false, false);
    row("rubbish", "ipc:*", false, false);
}

void tst_LockoutAddress::comparesWithRules()
{
    QFETCH(const QByteArray, address);
    QFETCH(const QString, rule);
    const auto parsed = AddressRule::fromText(rule);
    QVERIFY(parsed);
    const LockoutAddress peer = LockoutAddress::of(address);
    QTEST(peer.overlaps(*parsed), "overlaps");
    QTEST(peer.isIn(*parsed), "isIn");
    if (const auto text = AddressRule::fromText(peer.text()))
        QVERIFY(peer.isIn(*text)); // the text can be used as a rule
}

QTEST_APPLESS_MAIN(tst_LockoutAddress)
#include "tst_lockoutaddress.moc"
