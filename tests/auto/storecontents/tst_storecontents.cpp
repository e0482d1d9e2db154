// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storecontents.h"

#include "base/poolkeeper.h"
#include "credentials/feeds/storecore.h"
#include "protocol/metadata.h"

#include <QtTest/qtest.h>

#include <memory>
#include <mutex>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests the tables of a store and of its views: which are shared, and how large overlays become.
class tst_StoreContents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWhatWasAdded_data();
    void findsWhatWasAdded();
    void sharesTheTable_data();
    void sharesTheTable();
    void ownsATableOnceThereAreFields();
    void mergesOverlays();
    void boundsOverlays_data();
    void boundsOverlays();
    void largeBlocksAreReadBack();
    void keepsOverlaysSmallWhileChanging();

private:
    using Kind = StoreContents::Kind;

    static QByteArray keyOf(int number)
    {
        QByteArray key(CurveKeySize, '\x55');
        for (int i = 0; i < 3; ++i)
            key[i] = static_cast<char>(number >> (8 * i));
        return key;
    }
    static QByteArray fieldsOf(QByteArrayView value)
    {
        QByteArray fields;
        if (!value.isEmpty())
            appendMetadata("Role", value, &fields);
        return fields;
    }
    static void add(StoreRecords *records, int number, QByteArrayView userId = "alice",
                    QByteArrayView role = {})
    {
        const QByteArray key = keyOf(number);
        const QByteArray fields = fieldsOf(role);
        records->append({StoreRecord::Kind::Key, key, userId, fields});
    }
    static void remove(StoreRecords *records, int number)
    {
        const QByteArray key = keyOf(number);
        records->append({StoreRecord::Kind::RemovedKey, key});
    }
    static StoreRecords keys(int count, QByteArrayView role = {})
    {
        StoreRecords records;
        for (int number = 1; number <= count; ++number)
            add(&records, number, "alice", role);
        return records;
    }
};

void tst_StoreContents::findsWhatWasAdded_data()
{
    QTest::addColumn<bool>("isMerged");
    QTest::newRow("overlay") << false;
    QTest::newRow("merged") << true;
}

void tst_StoreContents::findsWhatWasAdded()
{
    QFETCH(bool, isMerged);
    StoreContents contents(keys(3));
    StoreRecords delta;
    add(&delta, 1, "bob");
    remove(&delta, 2);
    add(&delta, 4, "carol");
    contents.apply(delta);
    if (isMerged)
        contents = contents.merged();
    contents.addView(1, Kind::Keys, {});
    const auto userId = [&contents](int number) {
        const auto match = contents.view(1)->keys->find(keyOf(number));
        return match ? match->userId.toByteArray() : QByteArray("none");
    };
    QCOMPARE(userId(1), QByteArray("bob"));
    QCOMPARE(userId(2), QByteArray("none"));
    QCOMPARE(userId(3), QByteArray("alice"));
    QCOMPARE(userId(4), QByteArray("carol"));
    QCOMPARE(contents.count(), 3);
    QCOMPARE(bool(contents.view(1)->keys->base()), !isMerged);
}

void tst_StoreContents::sharesTheTable_data()
{
    QTest::addColumn<QByteArray>("role");
    QTest::addColumn<QStringList>("published");
    QTest::addColumn<bool>("isShared");
    QTest::newRow("no fields") << QByteArray() << QStringList() << true;
    QTest::newRow("fields of the request") << QByteArray() << QStringList{u"Domain"_s} << true;
    QTest::newRow("published, but none there") << QByteArray() << QStringList{u"Role"_s} << false;
    QTest::newRow("there, but not published") << QByteArray("x") << QStringList() << false;
    QTest::newRow("there and published") << QByteArray("x") << QStringList{u"Role"_s} << false;
}

void tst_StoreContents::sharesTheTable()
{
    QFETCH(QByteArray, role);
    QFETCH(QStringList, published);
    QFETCH(bool, isShared);
    StoreContents contents(keys(3, role));
    QCOMPARE(contents.sharesTable(Kind::Keys, {{}, published}), isShared);
    contents.addView(1, Kind::Keys, {{}, published});
    contents.addView(2, Kind::Keys, {{}, published});
    QCOMPARE(contents.view(1)->keys == contents.view(2)->keys, isShared);
    const auto match = contents.view(1)->keys->find(keyOf(1));
    QVERIFY(match);
    const bool isPublished = published.contains(u"Role"_s);
    QByteArray expected;
    if (isPublished)
        appendMetadata("Role", role, &expected);
    QCOMPARE(match->metadata, QByteArrayView(expected));
}

void tst_StoreContents::ownsATableOnceThereAreFields()
{
    StoreContents contents(keys(3));
    contents.addView(1, Kind::Keys, {});
    StoreRecords delta;
    add(&delta, 2, "bob", "writer");
    contents.apply(delta);
    const auto match = contents.view(1)->keys->find(keyOf(2));
    QVERIFY(match);
    QCOMPARE(match->userId, QByteArrayView("bob"));
    QVERIFY(match->metadata.isEmpty());
    QVERIFY(contents.view(1)->keys->find(keyOf(3)));
}

void tst_StoreContents::mergesOverlays()
{
    StoreContents contents(keys(3, "x"));
    contents.addView(1, Kind::Keys, {{}, {u"Role"_s}});
    // Nothing has changed, so that everything is kept.
    StoreContents same = contents.merged();
    QVERIFY(same.view(1));
    QCOMPARE(same.view(1)->keys, contents.view(1)->keys);
    StoreRecords delta;
    remove(&delta, 1);
    contents.apply(delta);
    StoreContents merged = contents.merged();
    QVERIFY(!merged.view(1));
    merged.addView(1, Kind::Keys, {{}, {u"Role"_s}});
    QCOMPARE(merged.count(), 2);
    QVERIFY(!merged.view(1)->keys->find(keyOf(1)));
    QCOMPARE(merged.view(1)->keys->find(keyOf(2))->metadata, QByteArrayView(fieldsOf("x")));
}

void tst_StoreContents::boundsOverlays_data()
{
    QTest::addColumn<int>("base");
    QTest::addColumn<int>("limit");
    QTest::newRow("small") << 10 << 1024;
    QTest::newRow("a share of the base") << 128000 << 2000;
}

void tst_StoreContents::boundsOverlays()
{
    QFETCH(int, base);
    QFETCH(int, limit);
    StoreContents contents(keys(base));
    QVERIFY(!contents.needsMerge());
    contents.apply(keys(limit));
    QVERIFY(!contents.needsMerge());
    StoreRecords one;
    add(&one, limit + 1);
    contents.apply(one);
    QVERIFY(contents.needsMerge());
    QVERIFY(!contents.merged().needsMerge());
}

// An entry can be larger than a block, and blocks have no room for a part of an entry.
void tst_StoreContents::largeBlocksAreReadBack()
{
    StoreRecords records;
    for (int size : {0, 1000, 300000, 5, 260000, 70000}) {
        const QByteArray key = keyOf(size);
        const QByteArray fields(size, 'x');
        records.append({StoreRecord::Kind::Key, key, "id", fields, size});
    }
    records.append({StoreRecord::Kind::RemovedUser, "bob"});
    std::vector<qsizetype> sizes;
    records.visitKeys([&](const StoreRecord &record) {
        sizes.push_back(record.fields.size());
        QCOMPARE(record.notAfter, record.fields.size());
        QCOMPARE(record.value, QByteArrayView("id"));
        QCOMPARE(record.name, QByteArrayView(keyOf(static_cast<int>(record.fields.size()))));
    });
    QCOMPARE(sizes, (std::vector<qsizetype>{0, 1000, 300000, 5, 260000, 70000}));
    QCOMPARE(records.keys(), 6);
    QCOMPARE(records.users(), 1);
}

// The loading pool merges overlays while changes are committed.
void tst_StoreContents::keepsOverlaysSmallWhileChanging()
{
    PoolKeeper keeper(WorkerPool::shared(WorkerPool::Purpose::Loading), {});
    const auto core = std::make_shared<StoreCore>([] {});
    std::mutex mutex;
    StoreContents::Keys latest;
    const int view = core->addView(Kind::Keys, {}, [&](const StoreCore::Content &content) {
        const std::scoped_lock lock(mutex);
        latest = content.keys;
    });
    for (int i = 0; i < 40; ++i) {
        auto records = std::make_shared<StoreRecords>();
        for (int number = 0; number < 100; ++number)
            add(records.get(), i * 100 + number);
        QVERIFY(core->change(std::move(records)).result());
    }
    const auto overlaySize = [&] {
        const std::scoped_lock lock(mutex);
        return latest->base() ? latest->ownPositions() : 0;
    };
    QTRY_VERIFY(overlaySize() <= 1024);
    QCOMPARE(core->status().count, 4000);
    QVERIFY(latest->find(keyOf(3999)));
    core->removeView(view);
    core->close();
}

QTEST_GUILESS_MAIN(tst_StoreContents)
#include "tst_storecontents.moc"
