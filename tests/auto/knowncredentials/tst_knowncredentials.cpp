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
    void replacesTheLeastRecentlyUsedCredential();
    void replacesTheLeastRecentlyUsedAddress();
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
    QVERIFY(!known.contains(address(1), 7));
    known.insert(address(1), 7);
    QVERIFY(known.contains(address(1), 7));
    QVERIFY(!known.contains(address(1), 8));
    QVERIFY(!known.contains(address(2), 7));
}

void tst_KnownCredentials::replacesTheLeastRecentlyUsedCredential()
{
    KnownCredentials known(4);
    constexpr quint32 All = KnownCredentials::MaximumCredentials;
    for (quint32 i = 0; i < All; ++i)
        known.insert(address(1), i);
    known.insert(address(1), 0); // used again
    known.insert(address(1), All);
    QVERIFY(known.contains(address(1), 0));
    QVERIFY(!known.contains(address(1), 1));
    for (quint32 i = 2; i <= All; ++i)
        QVERIFY(known.contains(address(1), i));
}

void tst_KnownCredentials::replacesTheLeastRecentlyUsedAddress()
{
    KnownCredentials known(3);
    for (int i = 1; i <= 3; ++i)
        known.insert(address(i), 7);
    known.insert(address(1), 8); // used again
    known.insert(address(4), 7);
    QVERIFY(known.contains(address(1), 7));
    QVERIFY(!known.contains(address(2), 7));
    QVERIFY(known.contains(address(3), 7));
    QVERIFY(known.contains(address(4), 7));
}

void tst_KnownCredentials::forgetsCredentials()
{
    KnownCredentials known(2);
    known.remove(address(1), 7);
    known.insert(address(1), 7);
    known.insert(address(1), 8);
    known.remove(address(1), 7);
    QVERIFY(!known.contains(address(1), 7));
    QVERIFY(known.contains(address(1), 8));
    // An address without credentials does not occupy an entry.
    known.remove(address(1), 8);
    known.insert(address(2), 1);
    known.insert(address(3), 1);
    QVERIFY(known.contains(address(2), 1));
}

void tst_KnownCredentials::copiesAsManyAsFit()
{
    KnownCredentials known(3);
    for (int i = 1; i <= 3; ++i)
        known.insert(address(i), 7);
    KnownCredentials fewer(2);
    fewer.insertAll(known);
    QVERIFY(!fewer.contains(address(1), 7));
    QVERIFY(fewer.contains(address(2), 7));
    QVERIFY(fewer.contains(address(3), 7));
}

QTEST_APPLESS_MAIN(tst_KnownCredentials)
#include "tst_knowncredentials.moc"
