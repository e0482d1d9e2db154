// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/passwordstore.h"

#include <QtCore/qlist.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests stores of passwords that are overlays on another one, and the details of users.
class tst_PasswordStoreOverlay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesUsersOfTheBase();
    void countsUsers_data();
    void countsUsers();
    void hasTheParametersOfAllHashes();
    void keepsRemovedUsersWhenItFreesMemory();
    void keepsDetailsWhenItFreesMemory();
    void findsTheNextExpiry();
    void forgetsTheExpiryOfRemovedUsersWhenItFreesMemory();
    void replacedUsersHaveNoDetails();
    void copiesAreIndependent();

private:
    // Returns a hash that costs this much memory, in KiB. It is never computed.
    static QByteArray hash(int memory, char salt = 'A')
    {
        return "$argon2id$v=19$m=" + QByteArray::number(memory) + ",t=2,p=1$" + QByteArray(21, salt)
               + "A$" + QByteArray(43, 'A');
    }
    // Returns a store with alice and bob.
    static std::shared_ptr<const PasswordStore> base()
    {
        auto store = std::make_shared<PasswordStore>();
        store->insertHash("alice", hash(1024));
        store->insertHash("bob", hash(1024));
        return store;
    }
};

void tst_PasswordStoreOverlay::changesUsersOfTheBase()
{
    const auto below = base();
    PasswordStore store(below);
    store.insertHash("alice", hash(1024, 'C'));
    QVERIFY(store.remove("bob"));
    QVERIFY(!store.remove("bob"));
    store.insertHash("carol", hash(2048));
    QVERIFY(store.contains("alice"));
    QVERIFY(!store.contains("bob"));
    QVERIFY(store.contains("carol"));
    QCOMPARE(store.hashFor("alice"), hash(1024, 'C'));
    QCOMPARE(store.hashFor("carol"), hash(2048));
    QVERIFY(store.hashFor("bob") != hash(1024));
    QCOMPARE(store.users(), QStringList({u"alice"_s, u"carol"_s}));
    QVERIFY(store.entryDigest("alice") != below->entryDigest("alice"));
    QCOMPARE(store.entryDigest("bob"), KeyedDigest());
    QCOMPARE(store.check("bob", "x"), PasswordCheck::NeedsHash);
    // The base is unchanged.
    QCOMPARE(below->users(), QStringList({u"alice"_s, u"bob"_s}));
    QCOMPARE(below->hashFor("alice"), hash(1024));
}

void tst_PasswordStoreOverlay::countsUsers_data()
{
    QTest::addColumn<QStringList>("added");
    QTest::addColumn<QStringList>("removed");
    QTest::addColumn<QStringList>("users");
    const QStringList both{u"alice"_s, u"bob"_s};
    QTest::newRow("nothing changes") << QStringList() << QStringList() << both;
    QTest::newRow("a known user") << QStringList{u"bob"_s} << QStringList() << both;
    QTest::newRow("a new user") << QStringList{u"carol"_s} << QStringList()
                                << QStringList{u"alice"_s, u"bob"_s, u"carol"_s};
    QTest::newRow("all are removed") << QStringList() << both << QStringList();
    QTest::newRow("an unknown user is removed") << QStringList() << QStringList{u"eve"_s} << both;
    QTest::newRow("added and removed")
        << QStringList{u"carol"_s, u"bob"_s} << QStringList{u"carol"_s, u"bob"_s}
        << QStringList{u"alice"_s};
}

void tst_PasswordStoreOverlay::countsUsers()
{
    QFETCH(QStringList, added);
    QFETCH(QStringList, removed);
    QFETCH(QStringList, users);
    PasswordStore store(base());
    for (const QString &user : added)
        store.insertHash(user.toUtf8(), hash(1024));
    for (const QString &user : removed)
        store.remove(user.toUtf8());
    QCOMPARE(store.users(), users);
    QCOMPARE(store.size(), users.size());
    QCOMPARE(store.hasHashes(), !users.isEmpty());
    PasswordStore same;
    for (const QString &user : users)
        same.insertHash(user.toUtf8(), hash(1024));
    QVERIFY(store.hasSameUsersAs(same));
}

void tst_PasswordStoreOverlay::hasTheParametersOfAllHashes()
{
    PasswordStore store(base());
    QCOMPARE(store.mostExpensive().memory, 1024U);
    QVERIFY(store.isUniform());
    store.insertHash("carol", hash(4096));
    QCOMPARE(store.mostExpensive().memory, 4096U);
    QVERIFY(!store.isUniform());
    store.remove("carol");
    QCOMPARE(store.mostExpensive().memory, 1024U);
    store.insertHash("alice", hash(2048));
    store.insertHash("bob", hash(2048));
    QCOMPARE(store.mostExpensive().memory, 2048U);
    QVERIFY(store.isUniform());
}

void tst_PasswordStoreOverlay::keepsRemovedUsersWhenItFreesMemory()
{
    PasswordStore store(base());
    QVERIFY(store.remove("bob"));
    for (int i = 0; i < 1000; ++i) // replaced again and again
        store.insertHash("alice", hash(1024 + i % 2));
    QVERIFY(!store.contains("bob"));
    QCOMPARE(store.users(), QStringList{u"alice"_s});
    QVERIFY(store.ownPositions() <= 2);
}

void tst_PasswordStoreOverlay::keepsDetailsWhenItFreesMemory()
{
    PasswordStore store;
    store.insertHash("alice", hash(1024));
    store.setDetails("alice", {"metadata", 5});
    for (int i = 0; i < 1000; ++i) {
        store.insertHash("bob", hash(1024 + i % 2));
        store.setDetails("bob", {"of bob", i});
    }
    QCOMPARE(store.detailsOf("alice").metadata, QByteArrayView("metadata"));
    QCOMPARE(store.detailsOf("alice").notAfter, 5);
    QCOMPARE(store.detailsOf("bob").metadata, QByteArrayView("of bob"));
    QCOMPARE(store.detailsOf("bob").notAfter, 999);
    QCOMPARE(store.hashFor("alice"), hash(1024));
    QVERIFY(store.hasMetadata());
}

void tst_PasswordStoreOverlay::findsTheNextExpiry()
{
    auto below = std::make_shared<PasswordStore>();
    for (int time : {10, 20, 30}) {
        below->insertHash(QByteArray::number(time), hash(1024));
        below->setDetails(QByteArray::number(time), {{}, time});
    }
    PasswordStore store(below);
    QCOMPARE(store.nextExpiry(0), 10);
    store.remove("10");
    store.insertHash("20", hash(1024));
    store.insertHash("25", hash(1024));
    store.setDetails("25", {{}, 25});
    const auto verify = [&store] {
        QCOMPARE(store.nextExpiry(0), 25);
        QCOMPARE(store.nextExpiry(25), 30);
        QCOMPARE(store.nextExpiry(30), PasswordStore::Never);
    };
    verify();
    store.orderExpiries();
    below->squeeze();
    verify();
    // Whatever changes afterwards is noticed.
    store.setDetails("25", {{}, 27});
    QCOMPARE(store.nextExpiry(0), 27);
    store.orderExpiries();
    store.insertHash("25", hash(1024));
    QCOMPARE(store.nextExpiry(0), 30);
    store.orderExpiries();
    store.remove("30");
    QCOMPARE(store.nextExpiry(0), PasswordStore::Never);
}

// All users of the overlay are removed before the next one is inserted.
void tst_PasswordStoreOverlay::forgetsTheExpiryOfRemovedUsersWhenItFreesMemory()
{
    PasswordStore store(base());
    store.insertHash("guest", hash(1024));
    store.setDetails("guest", {{}, 1000});
    store.orderExpiries();
    QCOMPARE(store.nextExpiry(0), 1000);
    QVERIFY(store.remove("guest"));
    store.insertHash("dave", hash(1024));
    store.setDetails("dave", {});
    store.orderExpiries();
    QCOMPARE(store.ownPositions(), 1);
    QCOMPARE(store.nextExpiry(0), PasswordStore::Never);
    store.setDetails("dave", {{}, 2000});
    store.orderExpiries();
    QCOMPARE(store.nextExpiry(0), 2000);
}

void tst_PasswordStoreOverlay::replacedUsersHaveNoDetails()
{
    PasswordStore store;
    store.insertHash("alice", hash(1024));
    store.setDetails("alice", {"metadata", 5});
    store.insertHash("alice", hash(1024));
    QCOMPARE(store.detailsOf("alice").notAfter, PasswordStore::Never);
    QVERIFY(store.detailsOf("alice").metadata.isEmpty());
    QCOMPARE(store.detailsOf("nobody").notAfter, PasswordStore::Never);
}

void tst_PasswordStoreOverlay::copiesAreIndependent()
{
    PasswordStore first(base());
    first.insertHash("carol", hash(1024));
    PasswordStore second = first;
    second.remove("carol");
    second.remove("alice");
    QVERIFY(first.contains("carol"));
    QVERIFY(first.contains("alice"));
    QCOMPARE(second.users(), QStringList{u"bob"_s});
}

QTEST_GUILESS_MAIN(tst_PasswordStoreOverlay)
#include "tst_passwordstoreoverlay.moc"
