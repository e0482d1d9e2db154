// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/knowncredentials.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_KnownCredentials : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void distinguishesAddresses();
    void distinguishesUsers();
    void replacesTheLeastRecentlyUsedCredential();
    void replacesTheLeastRecentlyUsedAddress();
    void oneGroupDisplacesNoOther_data();
    void oneGroupDisplacesNoOther();
    void forgetsCredentials();
    void copiesAsManyAsFit();

private:
    static LockoutAddress address(int number)
    {
        return LockoutAddress::of("10.0.0." + QByteArray::number(number));
    }
};

void tst_KnownCredentials::distinguishesAddresses()
{
    KnownCredentials known(4);
    QVERIFY(!known.contains(address(1), {1, 7}));
    known.insert(address(1), {1, 7});
    QVERIFY(known.contains(address(1), {1, 7}));
    QVERIFY(!known.contains(address(1), {1, 8}));
    QVERIFY(!known.contains(address(2), {1, 7}));
}

void tst_KnownCredentials::distinguishesUsers()
{
    KnownCredentials known(4);
    known.insert(address(1), {1, 7});
    known.insert(address(1), {2, 8});
    QVERIFY(known.contains(address(1), {2, 8}));
    QVERIFY(!known.contains(address(1), {2, 7}));
    QVERIFY(known.containsUser(address(1), 1));
    QVERIFY(!known.containsUser(address(1), 3));
    QVERIFY(!known.containsUser(address(2), 1));
    known.remove(address(1), {1, 7});
    QVERIFY(!known.containsUser(address(1), 1));
    QVERIFY(known.containsUser(address(1), 2));
}

void tst_KnownCredentials::replacesTheLeastRecentlyUsedCredential()
{
    KnownCredentials known(4);
    constexpr quint32 All = KnownCredentials::MaximumCredentials;
    for (quint32 i = 0; i < All; ++i)
        known.insert(address(1), {1, i});
    known.insert(address(1), {1, 0}); // used again
    known.insert(address(1), {1, All});
    QVERIFY(known.contains(address(1), {1, 0}));
    QVERIFY(!known.contains(address(1), {1, 1}));
    for (quint32 i = 2; i <= All; ++i)
        QVERIFY(known.contains(address(1), {1, i}));
}

void tst_KnownCredentials::replacesTheLeastRecentlyUsedAddress()
{
    KnownCredentials known(3);
    for (int i = 1; i <= 3; ++i)
        known.insert(address(i), {1, 7});
    known.insert(address(1), {1, 8}); // used again
    known.insert(address(4), {1, 7});
    QVERIFY(known.contains(address(1), {1, 7}));
    QVERIFY(!known.contains(address(2), {1, 7}));
    QVERIFY(known.contains(address(3), {1, 7}));
    QVERIFY(known.contains(address(4), {1, 7}));
}

void tst_KnownCredentials::oneGroupDisplacesNoOther_data()
{
    QTest::addColumn<QByteArray>("honest"); // with X for a number
    QTest::addColumn<QByteArray>("attacker");
    QTest::newRow("/48") << QByteArray("2001:db8:X::1") << QByteArray("2001:db9:0:X::1");
    QTest::newRow("link") << QByteArray("fe80::1%X") << QByteArray("fe80::X%eth0");
}

void tst_KnownCredentials::oneGroupDisplacesNoOther()
{
    QFETCH(const QByteArray, honest);
    QFETCH(const QByteArray, attacker);
    constexpr int Honest = 64;
    const auto addressOf = [](QByteArray pattern, int number) {
        return LockoutAddress::of(pattern.replace('X', QByteArray::number(number, 16)));
    };
    KnownCredentials known(512);
    for (int i = 1; i <= Honest; ++i)
        known.insert(addressOf(honest, i), {1, 7});
    for (int i = 1; i <= 7000; ++i)
        known.insert(addressOf(attacker, i), {2, 8});
    int kept = 0;
    for (int i = 1; i <= Honest; ++i)
        kept += known.contains(addressOf(honest, i), {1, 7}) ? 1 : 0;
    // Groups may have the same digest as the attacker's by chance: 0.25 on average.
    QVERIFY2(kept >= Honest - 8, QByteArray::number(kept).constData());
    QVERIFY(known.contains(addressOf(attacker, 7000), {2, 8}));
    // The group makes room for others that need it.
    for (int i = 1; i <= 256; ++i)
        known.insert(addressOf(honest, i), {1, 7});
    QVERIFY(known.contains(addressOf(honest, 256), {1, 7}));
}

void tst_KnownCredentials::forgetsCredentials()
{
    KnownCredentials known(2);
    known.remove(address(1), {1, 7});
    known.insert(address(1), {1, 7});
    known.insert(address(1), {1, 8});
    known.remove(address(1), {1, 7});
    QVERIFY(!known.contains(address(1), {1, 7}));
    QVERIFY(known.contains(address(1), {1, 8}));
    // An address without credentials does not occupy an entry.
    known.remove(address(1), {1, 8});
    known.insert(address(2), {1, 1});
    known.insert(address(3), {1, 1});
    QVERIFY(known.contains(address(2), {1, 1}));
}

void tst_KnownCredentials::copiesAsManyAsFit()
{
    KnownCredentials known(3);
    for (int i = 1; i <= 3; ++i)
        known.insert(address(i), {1, 7});
    KnownCredentials fewer(2);
    fewer.insertAll(known);
    QVERIFY(!fewer.contains(address(1), {1, 7}));
    QVERIFY(fewer.contains(address(2), {1, 7}));
    QVERIFY(fewer.contains(address(3), {1, 7}));
}

QTEST_APPLESS_MAIN(tst_KnownCredentials)
#include "tst_knowncredentials.moc"
