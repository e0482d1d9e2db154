// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/addressrules.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_AddressRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void matches_data();
    void matches();
    void matchesNumbersOfZones_data();
    void matchesNumbersOfZones();
    void refusesText_data();
    void refusesText();
    void equalsInAnyNotation();
    void refusesPeers_data();
    void refusesPeers();
    void findsOneOfManyRules();
    void printsAddresses_data();
    void printsAddresses();
};

void tst_AddressRules::matches_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<bool>("match");

    const auto row = [](const char *name, const char *rule, const char *peer, bool match) {
        QTest::newRow(name) << QString::fromLatin1(rule) << QByteArray(peer) << match;
    };
    row("IPv4 exact", "10.1.2.3", "10.1.2.3", true);
    row("IPv4 other", "10.1.2.3", "10.1.2.4", false);
    row("IPv4 subnet", "10.0.0.0/8", "10.255.1.2", true);
    row("IPv4 subnet, outside", "10.0.0.0/8", "11.0.0.1", false);
    row("IPv4 subnet with host bits", "10.1.2.3/8", "10.9.9.9", true);
    row("IPv4 subnet of odd length", "192.168.4.0/22", "192.168.7.255", true);
    row("IPv4 subnet of odd length, outside", "192.168.4.0/22", "192.168.8.0", false);
    row("IPv4 subnet by mask", "10.0.0.0/255.0.0.0", "10.3.4.5", true);
    row("IPv4 subnet by mask of odd length", "192.168.4.0/255.255.252.0", "192.168.7.255", true);
    row("IPv4 subnet by mask, outside", "192.168.4.0/255.255.252.0", "192.168.8.0", false);
    row("IPv4 of one address by mask", "10.1.2.3/255.255.255.255", "10.1.2.3", true);
    row("IPv4 of one address by mask, other", "10.1.2.3/255.255.255.255", "10.1.2.2", false);
    row("all of IPv4 by mask", "0.0.0.0/0.0.0.0", "203.0.113.9", true);
    row("IPv4 subnet, length with zeros", "10.0.0.0/008", "10.255.1.2", true);
    row("IPv4 of one address", "10.1.2.3/32", "10.1.2.3", true);
    row("all of IPv4", "0.0.0.0/0", "203.0.113.9", true);
    row("all of IPv4, not IPv6", "0.0.0.0/0", "2001:db8::1", false);
    row("all of IPv6", "::/0", "2001:db8::1", true);
    row("all of IPv6, not IPv4", "::/0", "203.0.113.9", false);
    row("all of IPv6, not mapped IPv4", "::/0", "::ffff:203.0.113.9", false);
    row("mapped peer, IPv4 rule", "127.0.0.1", "::ffff:127.0.0.1", true);
    row("mapped peer, IPv4 subnet", "127.0.0.0/8", "::ffff:127.9.0.1", true);
    row("IPv4 peer, mapped rule", "::ffff:127.0.0.1", "127.0.0.1", true);
    row("IPv4 peer, mapped subnet", "::ffff:127.0.0.0/104", "127.3.2.1", true);
    row("IPv6 exact", "::1", "::1", true);
    row("IPv6 written otherwise", "2001:DB8:0:0:0:0:0:1", "2001:db8::1", true);
    row("IPv6 other", "::1", "::2", false);
    row("IPv6 subnet", "fd00::/8", "fd12:3456::1", true);
    row("IPv6 subnet, outside", "fd00::/8", "fe80::1", false);
    row("IPv6 subnet across words", "2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true);
    row("IPv6 subnet across words, outside", "2001:db8:0:0:8000::/65", "2001:db8::1", false);
    row("zone of the peer only", "fe80::1", "fe80::1%eth0", true);
    row("zone of both", "fe80::1%eth0", "fe80::1%eth0", true);
    row("zones that differ", "fe80::1%eth0", "fe80::1%eth1", false);
    row("zone of the rule only", "fe80::1%eth0", "fe80::1", false);
    row("zone of a subnet", "fe80::%eth0/10", "fe80::42%eth0", true);
    row("zone of a subnet, other", "fe80::%eth0/10", "fe80::42%eth1", false);
    row("zone of all IPv6", "::%eth0/0", "fe80::42%eth0", true);
    row("zone of all IPv6, not IPv4", "::%eth0/0", "::ffff:10.0.0.1%eth0", false);
    row("IPC user", "ipc:uid=1000", "localhost:1000:100:4711", true);
    row("IPC user, other", "ipc:uid=1000", "localhost:1001:1000:1000", false);
    row("IPC group", "ipc:gid=100", "localhost:1000:100:4711", true);
    row("IPC group, other", "ipc:gid=100", "localhost:100:1000:100", false);
    row("IPC all", "ipc:*", "localhost:0:0:1", true);
    row("IPC all, not IP", "ipc:*", "127.0.0.1", false);
    row("IP all, not IPC", "0.0.0.0/0", "localhost:0:0:1", false);
}

void tst_AddressRules::matches()
{
    QFETCH(const QString, rule);
    QFETCH(const QByteArray, peer);
    QFETCH(const bool, match);

    const auto parsed = AddressRule::fromText(rule);
    QVERIFY2(parsed, qPrintable(parsed.problem().text()));
    const auto address = PeerAddress::fromBytes(peer);
    QVERIFY(address);
    AddressRules rules;
    QVERIFY(!rules.contains(*address));
    rules.add(*parsed);
    QCOMPARE(rules.contains(*address), match);
}

void tst_AddressRules::matchesNumbersOfZones_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<bool>("match");
    const auto row = [](const char *name, const char *rule, const char *peer, bool match) {
        QTest::newRow(name) << QString::fromLatin1(rule) << QByteArray(peer) << match;
    };
    row("number", "fe80::1%eth0", "fe80::1%4", true);
    row("number, subnet", "fe80::%eth0/10", "fe80::42%12", true);
    row("number, other address", "fe80::1%eth0", "fe80::2%4", false);
    row("name", "fe80::1%eth0", "fe80::1%eth0", true);
    row("other name", "fe80::1%eth0", "fe80::1%eth1", false);
    row("other name with digits only at its end", "fe80::1%eth0", "fe80::1%4a", false);
    row("no zone", "fe80::1%eth0", "fe80::1", false);
}

// The name of the zone was not found: a list of refused addresses must contain the peer.
void tst_AddressRules::matchesNumbersOfZones()
{
    QFETCH(const QString, rule);
    QFETCH(const QByteArray, peer);
    QFETCH(const bool, match);

    AddressRules rules;
    rules.add(*AddressRule::fromText(rule));
    const auto address = PeerAddress::fromBytes(peer);
    QCOMPARE(rules.contains(*address, AddressRules::ZoneNumber::AnyZone), match);
    // A list of allowed ones must not.
    QCOMPARE(rules.contains(*address), match && address->zone == "eth0");
}

void tst_AddressRules::refusesText_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             " ",
                             "10",
                             "10.0",
                             "10.0.0",
                             "10.0.0.0.0",
                             "10.0.0.256",
                             "010.0.0.1",
                             "0x7f.1",
                             "127.1",
                             " 10.0.0.1",
                             "10.0.0.1 ",
                             "10.0.0.1:80",
                             "[::1]",
                             "localhost",
                             "example.org",
                             "10.0.0.0/",
                             "10.0.0.0/33",
                             "10.0.0.0/-1",
                             "10.0.0.0/8/8",
                             "10.0.0.0/x",
                             "10/8",
                             "10.0.0.0/255.0.255.0",
                             "10.0.0.0/0.0.0.255",
                             "10.0.0.0/255.0",
                             "10.0.0.0/255.0.0.0 ",
                             "10.0.0.0/0xff.0.0.0",
                             "10.0.0.0/0377.0.0.0",
                             "10.0.0.0/::ffff:255.0.0.0",
                             "10.0.0.0/+8",
                             "10.0.0.0/ 8",
                             "10.0.0.0/8 ",
                             "10.0.0.0/0008",
                             "10.0.0.0/4294967304",
                             "::/255.0.0.0",
                             "::/ffff::",
                             "::/+1",
                             "::/ 1",
                             "::/0064",
                             "::/129",
                             "::1::",
                             "fe80::1%",
                             "10.0.0.1%eth0",
                             "*",
                             "ipc:",
                             "ipc:uid=",
                             "ipc:uid=-1",
                             "ipc:uid=+1",
                             "ipc:uid=x",
                             "ipc:uid=4294967296",
                             "ipc:pid=1",
                             "ipc:uid=1000 ",
                             "IPC:*",
                             "fe80::%a\nb"}) {
        QTest::newRow(text) << QString::fromLatin1(text);
    }
    QTest::newRow("NUL") << QStringLiteral("10.0.0.1").append(QChar(0));
    QTest::newRow("length in other digits") << u"10.0.0.0/\u0668"_s;
    QTest::newRow("NUL behind the length") << u"10.0.0.0/8"_s.append(QChar(0));
    QTest::newRow("long") << QString(5000, u'1');
}

void tst_AddressRules::refusesText()
{
    QFETCH(const QString, text);
    const auto rule = AddressRule::fromText(text);
    QVERIFY(!rule);
    QVERIFY(rule.problem().text().contains(QStringLiteral("is not an address rule: ")));
}

void tst_AddressRules::equalsInAnyNotation()
{
    const auto rule = [](const char *text) {
        return *AddressRule::fromText(QString::fromLatin1(text));
    };
    QVERIFY(rule("10.0.0.1") == rule("::ffff:10.0.0.1"));
    QVERIFY(rule("10.0.0.1") == rule("10.0.0.1/32"));
    QVERIFY(rule("10.1.2.3/8") == rule("10.0.0.0/8"));
    QVERIFY(!(rule("10.0.0.0/8") == rule("10.0.0.0/9")));
    QVERIFY(!(rule("fe80::1") == rule("fe80::1%eth0")));
    QVERIFY(!(rule("ipc:uid=1") == rule("ipc:gid=1")));
}

void tst_AddressRules::refusesPeers_data()
{
    QTest::addColumn<QByteArray>("peer");
    for (const char *peer :
         {"", "localhost", "localhost:", "localhost:1:2", "localhost:1:2:3:4", "localhost:x:2:3",
          "localhost:-1:2:3", "localhost:+1:2:3", "localhost:1: 2:3", "example.org", "10.0.0.1:80",
          "10.0.0", "10.0.0.1/8", "%eth0"}) {
        QTest::newRow(peer) << QByteArray(peer);
    }
    QTest::newRow("NUL") << QByteArray("10.0.0.1\0", 9);
    QTest::newRow("long") << QByteArray(5000, '1');
}

void tst_AddressRules::refusesPeers()
{
    QFETCH(const QByteArray, peer);
    QVERIFY(!PeerAddress::fromBytes(peer));
}

void tst_AddressRules::findsOneOfManyRules()
{
    AddressRules rules;
    for (int i = 0; i < 100000; ++i) {
        const QString text =
            QStringLiteral("10.%1.%2.%3").arg(i >> 16).arg(i >> 8 & 255).arg(i & 255);
        rules.add(*AddressRule::fromText(text));
    }
    QVERIFY(rules.contains(*PeerAddress::fromBytes("10.1.134.159"))); // 99,999
    QVERIFY(!rules.contains(*PeerAddress::fromBytes("10.1.134.160")));
}

void tst_AddressRules::printsAddresses_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isLinkLocal");
    const auto row = [](const QByteArray &address, const QString &text, bool isLinkLocal) {
        QTest::newRow(address.constData()) << address << text << isLinkLocal;
    };
    row("10.1.2.3", u"10.1.2.3"_s, false);
    row("::ffff:10.1.2.3", u"10.1.2.3"_s, false);
    row("::1", u"::1"_s, false);
    row("2001:0db8::0001", u"2001:db8::1"_s, false);
    row("fe80::1%eth0", u"fe80::1"_s, true);
    row("febf::1", u"febf::1"_s, true);
    row("fec0::1", u"fec0::1"_s, false);
}

void tst_AddressRules::printsAddresses()
{
    QFETCH(const QByteArray, address);
    const auto peer = PeerAddress::fromBytes(address);
    QVERIFY(peer);
    QTEST(ipText(peer->ip), "text");
    QTEST(peer->isLinkLocal(), "isLinkLocal");
}

QTEST_GUILESS_MAIN(tst_AddressRules)
#include "tst_addressrules.moc"
