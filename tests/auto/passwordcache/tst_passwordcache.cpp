// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordcache.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;

namespace {

QByteArray name(int number)
{
    return "user" + QByteArray::number(number);
}

} // namespace

class tst_PasswordCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void remembersExactly_data();
    void remembersExactly();
    void editedHashIsUnknown();
    void insertingTwiceKeepsOneEntry();
    void replacesTheLeastRecentlyUsed();
    void insertingAgainCountsAsUse();
    void failedLookupsDoNotCountAsUse();
    void oneEntry();
    void hundredThousand();
    void clear();
};

void tst_PasswordCache::empty()
{
    PasswordCache cache;
    QCOMPARE(cache.size(), 0);
    QVERIFY(!cache.contains("hash", "alice", "secret"));
    QVERIFY(!cache.contains({}, {}, {}));
    QCOMPARE(cache.size(), 0);
}

void tst_PasswordCache::remembersExactly_data()
{
    QTest::addColumn<QByteArray>("hash");
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("known");

    QTest::newRow("same") << QByteArray("hash") << QByteArray("alice") << QByteArray("secret")
                          << true;
    QTest::newRow("other hash") << QByteArray("Hash") << QByteArray("alice") << QByteArray("secret")
                                << false;
    QTest::newRow("other user") << QByteArray("hash") << QByteArray("Alice") << QByteArray("secret")
                                << false;
    QTest::newRow("other password")
        << QByteArray("hash") << QByteArray("alice") << QByteArray("Secret") << false;
    QTest::newRow("no password") << QByteArray("hash") << QByteArray("alice") << QByteArray()
                                 << false;
    QTest::newRow("bytes of the password in the user's name")
        << QByteArray("hash") << QByteArray("alices") << QByteArray("ecret") << false;
    QTest::newRow("bytes of the user's name in the password")
        << QByteArray("hash") << QByteArray("alic") << QByteArray("esecret") << false;
    QTest::newRow("bytes of the user's name in the hash")
        << QByteArray("hasha") << QByteArray("lice") << QByteArray("secret") << false;
    QTest::newRow("all in one") << QByteArray("hashalicesecret") << QByteArray() << QByteArray()
                                << false;
    QTest::newRow("password and user exchanged")
        << QByteArray("hash") << QByteArray("secret") << QByteArray("alice") << false;
}

void tst_PasswordCache::remembersExactly()
{
    QFETCH(const QByteArray, hash);
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QFETCH(const bool, known);

    PasswordCache cache;
    cache.insert("hash", "alice", "secret");
    QCOMPARE(cache.contains(hash, user, password), known);
}

void tst_PasswordCache::editedHashIsUnknown()
{
    PasswordCache cache;
    cache.insert("old hash of alice", "alice", "secret");
    cache.insert("hash of bob", "bob", "builder");
    // Hashing the same password again changes the hash.
    QVERIFY(!cache.contains("new hash of alice", "alice", "secret"));
    QVERIFY(cache.contains("hash of bob", "bob", "builder"));
}

void tst_PasswordCache::insertingTwiceKeepsOneEntry()
{
    PasswordCache cache;
    cache.insert("hash", "alice", "secret");
    cache.insert("hash", "alice", "secret");
    QCOMPARE(cache.size(), 1);
    QVERIFY(cache.contains("hash", "alice", "secret"));
}

void tst_PasswordCache::replacesTheLeastRecentlyUsed()
{
    PasswordCache cache(3);
    for (int i = 0; i < 3; ++i)
        cache.insert("hash", name(i), "secret");
    QVERIFY(cache.contains("hash", name(0), "secret"));
    cache.insert("hash", name(3), "secret");
    QCOMPARE(cache.size(), 3);
    QVERIFY(!cache.contains("hash", name(1), "secret"));
    QVERIFY(cache.contains("hash", name(0), "secret"));
    QVERIFY(cache.contains("hash", name(2), "secret"));
    QVERIFY(cache.contains("hash", name(3), "secret"));
    cache.insert("hash", name(4), "secret");
    QVERIFY(!cache.contains("hash", name(0), "secret"));
}

void tst_PasswordCache::insertingAgainCountsAsUse()
{
    PasswordCache cache(2);
    cache.insert("hash", name(0), "secret");
    cache.insert("hash", name(1), "secret");
    cache.insert("hash", name(0), "secret");
    cache.insert("hash", name(2), "secret");
    QVERIFY(cache.contains("hash", name(0), "secret"));
    QVERIFY(!cache.contains("hash", name(1), "secret"));
}

void tst_PasswordCache::failedLookupsDoNotCountAsUse()
{
    PasswordCache cache(2);
    cache.insert("hash", name(0), "secret");
    cache.insert("hash", name(1), "secret");
    // Wrong guesses do not replace entries.
    for (int i = 0; i < 100; ++i)
        QVERIFY(!cache.contains("hash", name(0), QByteArray::number(i)));
    QCOMPARE(cache.size(), 2);
    cache.insert("hash", name(2), "secret");
    QVERIFY(!cache.contains("hash", name(0), "secret"));
    QVERIFY(cache.contains("hash", name(1), "secret"));
}

void tst_PasswordCache::oneEntry()
{
    PasswordCache cache(1);
    for (int i = 0; i < 1000; ++i) {
        cache.insert("hash", name(i), "secret");
        QCOMPARE(cache.size(), 1);
        QVERIFY(cache.contains("hash", name(i), "secret"));
        QVERIFY(!cache.contains("hash", name(i - 1), "secret"));
    }
}

void tst_PasswordCache::hundredThousand()
{
    constexpr int Count = PasswordCache::MaximumSize;
    PasswordCache cache;
    for (int i = 0; i < Count; ++i)
        cache.insert("hash", name(i), "secret");
    QCOMPARE(cache.size(), Count);
    // The first half is used again, so the entries of the second half are replaced.
    for (int i = 0; i < Count / 2; ++i)
        QVERIFY(cache.contains("hash", name(i), "secret"));
    for (int i = Count; i < Count + Count / 2; ++i)
        cache.insert("hash", name(i), "secret");
    QCOMPARE(cache.size(), Count);
    for (int i = 0; i < Count + Count / 2; ++i) {
        const bool isOut = i >= Count / 2 && i < Count;
        if (cache.contains("hash", name(i), "secret") == isOut)
            QFAIL(name(i).constData());
    }
}

void tst_PasswordCache::clear()
{
    PasswordCache cache;
    cache.insert("hash", "alice", "secret");
    cache.clear();
    QCOMPARE(cache.size(), 0);
    QVERIFY(!cache.contains("hash", "alice", "secret"));
    cache.insert("hash", "alice", "secret");
    QVERIFY(cache.contains("hash", "alice", "secret"));
}

QTEST_GUILESS_MAIN(tst_PasswordCache)
#include "tst_passwordcache.moc"
