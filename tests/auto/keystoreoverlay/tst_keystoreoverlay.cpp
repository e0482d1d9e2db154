// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/keystore.h"

#include <QtTest/qtest.h>

#include <memory>
#include <optional>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests stores of keys that are overlays on another one.
class tst_KeyStoreOverlay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesKeysOfTheBase();
    void theLastCounts();
    void countsKeys_data();
    void countsKeys();
    void copiesAnOverlay();
    void findsTheNextExpiry();
    void removesInAFlatStore();
    void prefetchesTheBase();

private:
    using Store = std::shared_ptr<const KeyStore>;

    static QByteArray keyOf(int number)
    {
        QByteArray key(CurveKeySize, '\x55');
        key[0] = static_cast<char>(number);
        key[1] = static_cast<char>(number >> 8);
        return key;
    }
    static const uchar *bytesOf(const QByteArray &key)
    {
        return reinterpret_cast<const uchar *>(key.data());
    }
    static void add(KeyStore::Builder *builder, int number, QByteArrayView userId = "base")
    {
        builder->add(bytesOf(keyOf(number)), userId);
    }
    static void remove(KeyStore::Builder *builder, int number)
    {
        builder->addRemoved(bytesOf(keyOf(number)));
    }
    // Returns a store with the keys 1 to 3.
    static Store base()
    {
        KeyStore::Builder builder;
        for (int number : {1, 2, 3})
            add(&builder, number);
        return builder.build();
    }
    static QByteArray userIdOf(const KeyStore &store, int number)
    {
        const auto match = store.find(keyOf(number));
        return match ? match->userId.toByteArray() : QByteArray("none");
    }
};

void tst_KeyStoreOverlay::changesKeysOfTheBase()
{
    const QByteArray longId(255, 'x');
    KeyStore::Builder builder;
    builder.setBase(base());
    add(&builder, 1, "changed");
    remove(&builder, 2);
    add(&builder, 4, longId);
    const Store store = builder.buildOfLast();
    QCOMPARE(userIdOf(*store, 1), QByteArray("changed"));
    QCOMPARE(userIdOf(*store, 2), QByteArray("none"));
    QCOMPARE(userIdOf(*store, 3), QByteArray("base"));
    QCOMPARE(userIdOf(*store, 4), longId);
    QCOMPARE(userIdOf(*store, 5), QByteArray("none"));
    QVERIFY(!store->find("short"));
    QCOMPARE(store->ownPositions(), 3);
    QCOMPARE(store->positions(), 6);
    QCOMPARE(store->keyAt(1), QByteArrayView(keyOf(2)));
    QCOMPARE(store->keyAt(5), QByteArrayView(keyOf(3)));
    QVERIFY(store->hasOwn(keyOf(2)));
    QVERIFY(!store->hasOwn(keyOf(3)));
}

void tst_KeyStoreOverlay::theLastCounts()
{
    KeyStore::Builder builder;
    builder.setBase(base());
    add(&builder, 1, "first");
    builder.setNotAfter(5);
    remove(&builder, 2);
    add(&builder, 1, "last");
    add(&builder, 2, "back");
    add(&builder, 3, "gone");
    remove(&builder, 3);
    const Store store = builder.buildOfLast();
    QCOMPARE(userIdOf(*store, 1), QByteArray("last"));
    QCOMPARE(store->find(keyOf(1))->notAfter, KeyStore::Never);
    QCOMPARE(userIdOf(*store, 2), QByteArray("back"));
    QCOMPARE(userIdOf(*store, 3), QByteArray("none"));
    QCOMPARE(store->size(), 2);
}

void tst_KeyStoreOverlay::countsKeys_data()
{
    QTest::addColumn<QList<int>>("added");
    QTest::addColumn<QList<int>>("removed");
    QTest::addColumn<int>("size");
    QTest::newRow("nothing changes") << QList<int>{} << QList<int>{} << 3;
    QTest::newRow("a new key") << QList<int>{4} << QList<int>{} << 4;
    QTest::newRow("a known key") << QList<int>{1} << QList<int>{} << 3;
    QTest::newRow("a key twice") << QList<int>{4, 4} << QList<int>{} << 4;
    QTest::newRow("a key is removed") << QList<int>{} << QList<int>{1} << 2;
    QTest::newRow("an unknown key is removed") << QList<int>{} << QList<int>{9} << 3;
    QTest::newRow("added and removed") << QList<int>{4, 1} << QList<int>{4, 1} << 2;
}

void tst_KeyStoreOverlay::countsKeys()
{
    QFETCH(QList<int>, added);
    QFETCH(QList<int>, removed);
    KeyStore::Builder builder;
    builder.setBase(base());
    for (int number : added)
        add(&builder, number);
    for (int number : removed)
        remove(&builder, number);
    QTEST(static_cast<int>(builder.buildOfLast()->size()), "size");
}

void tst_KeyStoreOverlay::copiesAnOverlay()
{
    KeyStore::Builder first;
    first.setBase(base());
    first.add(bytesOf(keyOf(4)), "four", "metadata");
    first.setNotAfter(7);
    remove(&first, 1);
    const Store before = first.buildOfLast();

    KeyStore::Builder second;
    second.setBase(before->base());
    second.addAll(*before);
    add(&second, 1, "again");
    const Store store = second.buildOfLast();
    QCOMPARE(userIdOf(*store, 1), QByteArray("again"));
    QCOMPARE(store->find(keyOf(4))->metadata, QByteArrayView("metadata"));
    QCOMPARE(store->find(keyOf(4))->notAfter, 7);
    QCOMPARE(store->size(), 4);
    QVERIFY(store->hasMetadata());
    QVERIFY(!before->base()->hasMetadata());
}

void tst_KeyStoreOverlay::findsTheNextExpiry()
{
    KeyStore::Builder below;
    for (int number : {1, 2, 3}) {
        add(&below, number);
        below.setNotAfter(number * 10);
    }
    KeyStore::Builder builder;
    builder.setBase(below.build());
    add(&builder, 1); // never expires any more
    add(&builder, 4);
    builder.setNotAfter(25);
    const Store store = builder.buildOfLast();
    QCOMPARE(store->nextExpiry(0), 20);
    QCOMPARE(store->nextExpiry(20), 25);
    QCOMPARE(store->nextExpiry(25), 30);
    QCOMPARE(store->nextExpiry(30), KeyStore::Never);
    QCOMPARE(store->find(keyOf(3))->notAfter, 30);
}

void tst_KeyStoreOverlay::removesInAFlatStore()
{
    KeyStore::Builder builder;
    add(&builder, 1);
    add(&builder, 2);
    remove(&builder, 1);
    remove(&builder, 9);
    const Store store = builder.buildOfLast();
    QCOMPARE(store->size(), 1);
    QVERIFY(!store->find(keyOf(1)));
    QVERIFY(store->find(keyOf(2)));
    QVERIFY(!store->find(keyOf(9)));
}

void tst_KeyStoreOverlay::prefetchesTheBase()
{
    KeyStore::Builder builder;
    builder.setBase(base());
    add(&builder, 4);
    const Store store = builder.buildOfLast();
    for (int number : {1, 4, 9}) {
        KeyStore::Lookup lookup = store->startLookup(keyOf(number));
        QCOMPARE(lookup.store, store->base().get());
        KeyStore::fetchRow(&lookup);
        KeyStore::fetchMatch(lookup);
    }
    QVERIFY(store->find(keyOf(4)));
}

QTEST_GUILESS_MAIN(tst_KeyStoreOverlay)
#include "tst_keystoreoverlay.moc"
