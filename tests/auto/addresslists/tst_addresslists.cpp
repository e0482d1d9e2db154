// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/addresslists.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_AddressLists : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void excludeEachOther();
    void changeNothingWhenRefused();
    void keepTheUsersNotation();
    void remainSetWhenEmpty();
    void reportChanges();
    void areWrittenToAPolicy();

private:
    static bool contain(const AddressLists &lists, QByteArrayView address)
    {
        Policy policy;
        lists.writeTo(policy);
        return policy.addresses->contains(*PeerAddress::fromBytes(address));
    }
};

void tst_AddressLists::excludeEachOther()
{
    AddressLists lists;
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(!lists.add(AddressMode::Allow, {u"10.0.0.1"_s}));
    QCOMPARE(lists.mode(), AddressMode::Allow);
    QVERIFY(lists.add(AddressMode::Deny, {u"10.0.0.2"_s}));
    QVERIFY(!lists.assign(AddressMode::Deny, {}));
    QVERIFY(!lists.reset(AddressMode::Deny));
    QVERIFY(lists.reset(AddressMode::Allow));
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.assign(AddressMode::Deny, {}));
    QCOMPARE(lists.mode(), AddressMode::Deny);
    QVERIFY(lists.add(AddressMode::Allow, {u"10.0.0.2"_s}));
}

void tst_AddressLists::changeNothingWhenRefused()
{
    AddressLists lists;
    const QStringList good{u"10.0.0.1"_s, u"::1"_s};
    const QStringList half{u"10.0.0.2"_s, u"nonsense"_s};
    QVERIFY(lists.add(AddressMode::Allow, half));
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.add(AddressMode::Allow, {}));
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(!lists.assign(AddressMode::Allow, half));
    QCOMPARE(lists.mode(), AddressMode::Unset);
    QVERIFY(lists.assign(AddressMode::Allow, good));
    QVERIFY(!lists.assign(AddressMode::Allow, half));
    QVERIFY(lists.add(AddressMode::Allow, half));
    QCOMPARE(lists.addresses(AddressMode::Allow), good);
    QVERIFY(!contain(lists, "10.0.0.2"));
}

void tst_AddressLists::keepTheUsersNotation()
{
    AddressLists lists;
    const QStringList texts{u"10.1.2.3/8"_s, u"ipc:uid=1"_s};
    QVERIFY(lists.assign(AddressMode::Deny, texts));
    QVERIFY(!lists.add(AddressMode::Deny, {u"10.0.0.0/8"_s}));
    QCOMPARE(lists.addresses(AddressMode::Deny), texts); // in the user's notation
    QCOMPARE(lists.addresses(AddressMode::Allow), QStringList());
    QVERIFY(!lists.remove(AddressMode::Allow, u"10.0.0.0/8"_s));
    QVERIFY(!lists.remove(AddressMode::Deny, u"10.0.0.0/9"_s));
    QVERIFY(!lists.remove(AddressMode::Deny, u"nonsense"_s));
    QVERIFY(lists.remove(AddressMode::Deny, u"10.0.0.0/8"_s));
    QVERIFY(!contain(lists, "10.0.0.2"));
    QVERIFY(contain(lists, "localhost:1:2:3"));
}

void tst_AddressLists::remainSetWhenEmpty()
{
    AddressLists lists;
    QVERIFY(!lists.add(AddressMode::Allow, {u"10.0.0.1"_s}));
    QVERIFY(lists.remove(AddressMode::Allow, u"10.0.0.1"_s));
    QCOMPARE(lists.mode(), AddressMode::Allow);
    QCOMPARE(lists.addresses(AddressMode::Allow), QStringList());
}

void tst_AddressLists::reportChanges()
{
    AddressLists lists;
    QCOMPARE(*lists.assign(AddressMode::Allow, {}), true); // the empty list is set now
    QCOMPARE(*lists.assign(AddressMode::Allow, {}), false);
    QCOMPARE(*lists.assign(AddressMode::Allow, {u"10.0.0.0/8"_s}), true);
    QCOMPARE(*lists.assign(AddressMode::Allow, {u"10.0.0.0/8"_s}), false);
    QCOMPARE(*lists.assign(AddressMode::Allow, {u"10.0.0.1/8"_s}), true); // a different text
}

void tst_AddressLists::areWrittenToAPolicy()
{
    AddressLists lists;
    Policy policy;
    QVERIFY(lists.assign(AddressMode::Deny, {u"10.0.0.1"_s}));
    lists.writeTo(policy);
    QCOMPARE(policy.addressMode, AddressMode::Deny);
    const auto published = policy.addresses;
    QVERIFY(published->contains(*PeerAddress::fromBytes("10.0.0.1")));
    QVERIFY(lists.reset(AddressMode::Deny));
    lists.writeTo(policy);
    QCOMPARE(policy.addressMode, AddressMode::Unset);
    QVERIFY(!policy.addresses->contains(*PeerAddress::fromBytes("10.0.0.1")));
    QVERIFY(published->contains(*PeerAddress::fromBytes("10.0.0.1"))); // did not change
}

QTEST_GUILESS_MAIN(tst_AddressLists)
#include "tst_addresslists.moc"
