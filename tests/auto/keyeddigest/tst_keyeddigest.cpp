// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/keyeddigest.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_KeyedDigest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheSameForTheSameParts();
    void distinguishesParts_data();
    void distinguishesParts();
    void distinguishesTextsFromParts();
};

void tst_KeyedDigest::isTheSameForTheSameParts()
{
    QVERIFY(keyedDigest({"alice", "secret"}) == keyedDigest({"alice", "secret"}));
    QVERIFY(keyedDigest({}) == keyedDigest({}));
}

void tst_KeyedDigest::distinguishesParts_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::newRow("another user") << QByteArray("bob") << QByteArray("secret");
    QTest::newRow("another password") << QByteArray("alice") << QByteArray("Secret");
    QTest::newRow("moved boundary") << QByteArray("alices") << QByteArray("ecret");
    QTest::newRow("empty password") << QByteArray("alicesecret") << QByteArray();
    QTest::newRow("trailing NUL") << QByteArray("alice") << QByteArray("secret\0", 7);
}

void tst_KeyedDigest::distinguishesParts()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QVERIFY(keyedDigest({user, password}) != keyedDigest({"alice", "secret"}));
}

void tst_KeyedDigest::distinguishesTextsFromParts()
{
    const QByteArrayView text = "alice";
    QVERIFY(keyedDigest(text) == keyedDigest(text));
    QVERIFY(keyedDigest(text) != keyedDigest({text}));
    QVERIFY(keyedDigest(text) != keyedDigest(QByteArrayView("alicf")));
}

QTEST_APPLESS_MAIN(tst_KeyedDigest)
#include "tst_keyeddigest.moc"
