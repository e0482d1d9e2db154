// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/addresslists.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_AddressLists : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exclude();
    void changeNothingWhenRefused();
    void keepTheWriting();
    void stayWhenEmptied();
};

void tst_AddressLists::exclude()
{
    AddressLists lists;
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.add(AddressMode::Allow, {QStringLiteral("10.0.0.1")}).isEmpty());
    QCOMPARE(lists.mode(), AddressMode::Allow);
    QVERIFY(!lists.add(AddressMode::Deny, {QStringLiteral("10.0.0.2")}).isEmpty());
    QVERIFY(!lists.assign(AddressMode::Deny, {}).isEmpty());
    QVERIFY(!lists.reset(AddressMode::Deny));
    QVERIFY(lists.reset(AddressMode::Allow));
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.assign(AddressMode::Deny, {}).isEmpty());
    QCOMPARE(lists.mode(), AddressMode::Deny);
    QVERIFY(!lists.add(AddressMode::Allow, {QStringLiteral("10.0.0.2")}).isEmpty());
}

void tst_AddressLists::changeNothingWhenRefused()
{
    AddressLists lists;
    const QStringList good{QStringLiteral("10.0.0.1"), QStringLiteral("::1")};
    const QStringList half{QStringLiteral("10.0.0.2"), QStringLiteral("nonsense")};
    QVERIFY(!lists.add(AddressMode::Allow, half).isEmpty());
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(!lists.assign(AddressMode::Allow, half).isEmpty());
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.assign(AddressMode::Allow, good).isEmpty());
    QVERIFY(!lists.assign(AddressMode::Allow, half).isEmpty());
    QVERIFY(!lists.add(AddressMode::Allow, half).isEmpty());
    QCOMPARE(lists.addresses(AddressMode::Allow), good);
    QVERIFY(!lists.rules()->contains(*PeerAddress::fromBytes("10.0.0.2")));
}

void tst_AddressLists::keepTheWriting()
{
    AddressLists lists;
    const QStringList texts{QStringLiteral("10.1.2.3/8"), QStringLiteral("ipc:uid=1")};
    QVERIFY(lists.assign(AddressMode::Deny, texts).isEmpty());
    QVERIFY(lists.add(AddressMode::Deny, {QStringLiteral("10.0.0.0/8")}).isEmpty());
    QCOMPARE(lists.addresses(AddressMode::Deny), texts); // it was there, written otherwise
    QCOMPARE(lists.addresses(AddressMode::Allow), QStringList());
    QVERIFY(!lists.remove(AddressMode::Allow, QStringLiteral("10.0.0.0/8")));
    QVERIFY(!lists.remove(AddressMode::Deny, QStringLiteral("10.0.0.0/9")));
    QVERIFY(!lists.remove(AddressMode::Deny, QStringLiteral("nonsense")));
    QVERIFY(lists.remove(AddressMode::Deny, QStringLiteral("10.0.0.0/8")));
    QVERIFY(!lists.rules()->contains(*PeerAddress::fromBytes("10.0.0.2")));
    QVERIFY(lists.rules()->contains(*PeerAddress::fromBytes("localhost:1:2:3")));
}

void tst_AddressLists::stayWhenEmptied()
{
    AddressLists lists;
    QVERIFY(lists.add(AddressMode::Allow, {QStringLiteral("10.0.0.1")}).isEmpty());
    QVERIFY(lists.remove(AddressMode::Allow, QStringLiteral("10.0.0.1")));
    QCOMPARE(lists.mode(), AddressMode::Allow);
    QCOMPARE(lists.addresses(AddressMode::Allow), QStringList());
}

QTEST_GUILESS_MAIN(tst_AddressLists)
#include "tst_addresslists.moc"
