// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/keystore.h"

#include <QtCore/qendian.h>
#include <QtTest/qtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

using Key = std::array<uchar, CurveKeySize>;

constexpr qint64 Moment = 1'800'000'000'000; // ms since 1970, in 2027

// Keys that differ in at least two bytes, but rarely in the first ones.
Key keyOf(quint64 number)
{
    Key key = {};
    qToBigEndian(number, key.data() + CurveKeySize - sizeof number);
    qToBigEndian(number * 0x9e3779b97f4a7c15, key.data() + 8);
    return key;
}

QByteArrayView viewOf(const Key &key)
{
    return {key.data(), CurveKeySize};
}

std::optional<QByteArrayView> userIdOf(const KeyStore &store, QByteArrayView key)
{
    const auto match = store.find(key);
    return match ? std::optional(match->userId) : std::nullopt;
}

} // namespace

class tst_KeyStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void empty();
    void userIds();
    void metadata();
    void sizesOfUserIds_data();
    void sizesOfUserIds();
    void prefetches_data();
    void prefetches();
    void noMetadata();
    void usesMetadataOfTheFirst();
    void wrongSizes_data();
    void wrongSizes();
    void duplicates();
    void duplicatesKeepTheIdsOfOthers();
    void growsWithoutReserve();
    void reservedTooMuch();
    void outlivesTheBuilder();
    void similarKeys();
    void aMillionKeys();
    void timesOfExpiry_data();
    void timesOfExpiry();
    void noTimesOfExpiry();
    void usesTheEarliestTimeOfDuplicates();
    void findsWhatHasExpired();
};

void tst_KeyStore::empty()
{
    KeyStore::Builder builder;
    const auto store = builder.build();
    QCOMPARE(store->size(), 0);
    QVERIFY(!store->find(viewOf(keyOf(1))));
    QVERIFY(!store->find(viewOf(Key{})));
}

void tst_KeyStore::userIds()
{
    const QByteArray longest(255, 'x');
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "alice");
    builder.add(keyOf(2).data(), {});
    builder.add(keyOf(3).data(), longest);
    builder.add(Key{}.data(), "zero");
    const auto store = builder.build();

    QCOMPARE(store->size(), 4);
    QCOMPARE(userIdOf(*store, viewOf(keyOf(1))), QByteArrayView("alice"));
    QCOMPARE(userIdOf(*store, viewOf(keyOf(2))), QByteArrayView(""));
    QCOMPARE(userIdOf(*store, viewOf(keyOf(3))), QByteArrayView(longest));
    QCOMPARE(userIdOf(*store, viewOf(Key{})), QByteArrayView("zero"));
    QVERIFY(!store->find(viewOf(keyOf(4))));
}

void tst_KeyStore::metadata()
{
    const QByteArray longest(255, 'x');
    const QByteArray large(65536, '\0');
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "alice", "metadata");
    builder.add(keyOf(2).data(), {}, large);
    builder.add(keyOf(3).data(), longest, "m");
    builder.add(keyOf(4).data(), "dave", {});
    builder.add(keyOf(5).data(), {}, {});
    const auto store = builder.build();

    const auto check = [&](quint64 number, QByteArrayView userId, QByteArrayView metadata) {
        const auto match = store->find(viewOf(keyOf(number)));
        return match && match->userId == userId && match->metadata == metadata;
    };
    QVERIFY(check(1, "alice", "metadata"));
    QVERIFY(check(2, {}, large));
    QVERIFY(check(3, longest, "m"));
    QVERIFY(check(4, "dave", {}));
    QVERIFY(check(5, {}, {}));
    QVERIFY(!store->find(viewOf(keyOf(6))));
}

void tst_KeyStore::sizesOfUserIds_data()
{
    QTest::addColumn<QByteArray>("metadata");
    QTest::newRow("alone") << QByteArray();
    QTest::newRow("with metadata") << QByteArray("metadata");
}

// Short user ids are stored in the rows, long ones in the arena.
void tst_KeyStore::sizesOfUserIds()
{
    QFETCH(const QByteArray, metadata);
    constexpr int LongestId = 255;
    KeyStore::Builder builder;
    const auto idOf = [](int size) { return QByteArray(size, static_cast<char>('a' + size % 26)); };
    for (int size = 0; size <= LongestId; ++size)
        builder.add(keyOf(static_cast<quint64>(size)).data(), idOf(size), metadata);
    const auto store = builder.build();
    for (int size = 0; size <= LongestId; ++size) {
        const auto match = store->find(viewOf(keyOf(static_cast<quint64>(size))));
        QVERIFY(match);
        QCOMPARE(match->userId, QByteArrayView(idOf(size)));
        QCOMPARE(match->metadata, QByteArrayView(metadata));
    }
}

void tst_KeyStore::prefetches_data()
{
    QTest::addColumn<int>("idSize");
    QTest::addColumn<bool>("expire");
    QTest::newRow("rows") << 5 << false;
    QTest::newRow("long user ids") << 100 << false;
    QTest::newRow("times of expiry") << 5 << true;
}

// Prefetching does not change the result of a look-up, whether the key is known or not.
void tst_KeyStore::prefetches()
{
    QFETCH(const int, idSize);
    QFETCH(const bool, expire);
    constexpr quint64 Count = 20'000;
    KeyStore::Builder builder;
    const auto idOf = [idSize](quint64 number) {
        return QByteArray::number(number).rightJustified(idSize, '0');
    };
    for (quint64 i = 0; i < Count; ++i) {
        builder.add(keyOf(i).data(), idOf(i));
        if (expire)
            builder.setNotAfter(static_cast<qint64>(i));
    }
    const auto store = builder.build();
    QVERIFY(store->isLarge());
    std::vector<KeyStore::Lookup> lookups;
    for (quint64 i = 0; i < 2 * Count; ++i)
        lookups.push_back(store->startLookup(viewOf(keyOf(i))));
    for (KeyStore::Lookup &lookup : lookups)
        KeyStore::fetchRow(&lookup);
    for (const KeyStore::Lookup &lookup : lookups)
        KeyStore::fetchMatch(lookup);
    quint64 wrong = 0;
    for (quint64 i = 0; i < 2 * Count; ++i) {
        const auto match = store->find(viewOf(keyOf(i)));
        const bool isRight = i < Count ? match && match->userId == idOf(i) : !match;
        wrong += isRight ? 0U : 1U;
    }
    QCOMPARE(wrong, quint64{0});
}

void tst_KeyStore::noMetadata()
{
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "alice");
    const auto store = builder.build();
    const auto match = store->find(viewOf(keyOf(1)));
    QVERIFY(match);
    QCOMPARE(match->userId, QByteArrayView("alice"));
    QVERIFY(match->metadata.isEmpty());
}

void tst_KeyStore::usesMetadataOfTheFirst()
{
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "alice", "first");
    builder.add(keyOf(1).data(), "mallory", "second");
    builder.add(keyOf(2).data(), "bob", "other");
    const auto store = builder.build();
    QCOMPARE(store->size(), 2);
    QCOMPARE(store->find(viewOf(keyOf(1)))->metadata, QByteArrayView("first"));
    QCOMPARE(store->find(viewOf(keyOf(2)))->metadata, QByteArrayView("other"));
}

void tst_KeyStore::wrongSizes_data()
{
    QTest::addColumn<int>("size");

    QTest::newRow("none") << 0;
    QTest::newRow("one byte less") << 31;
    QTest::newRow("one byte more") << 33;
    QTest::newRow("as text") << 40;
}

void tst_KeyStore::wrongSizes()
{
    QFETCH(const int, size);

    KeyStore::Builder builder;
    builder.add(Key{}.data(), "zero");
    QVERIFY(!builder.build()->find(QByteArray(size, '\0')));
}

void tst_KeyStore::duplicates()
{
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "first");
    builder.add(keyOf(2).data(), "other");
    builder.add(keyOf(1).data(), "second");
    builder.add(keyOf(1).data(), "third");
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    const auto store = builder.build(&duplicates);

    QCOMPARE(store->size(), 2);
    QCOMPARE(userIdOf(*store, viewOf(keyOf(1))), QByteArrayView("first"));
    QCOMPARE(userIdOf(*store, viewOf(keyOf(2))), QByteArrayView("other"));
    QCOMPARE(duplicates.size(), size_t{2});
    QCOMPARE(duplicates[0].position, 2);
    QCOMPARE(duplicates[0].first, 0);
    QCOMPARE(duplicates[1].position, 3);
    QCOMPARE(duplicates[1].first, 0);
}

void tst_KeyStore::duplicatesKeepTheIdsOfOthers()
{
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "first");
    builder.add(keyOf(1).data(), "second");
    builder.add(keyOf(2).data(), "other");
    const auto store = builder.build();
    QCOMPARE(store->size(), 2);
    QCOMPARE(userIdOf(*store, viewOf(keyOf(1))), QByteArrayView("first"));
    QCOMPARE(userIdOf(*store, viewOf(keyOf(2))), QByteArrayView("other"));
}

void tst_KeyStore::growsWithoutReserve()
{
    for (const quint64 count : {1U, 11U, 12U, 13U, 24U, 25U, 1000U}) {
        KeyStore::Builder builder;
        for (quint64 i = 0; i < count; ++i)
            builder.add(keyOf(i).data(), QByteArray::number(i));
        const auto store = builder.build();
        QCOMPARE(store->size(), static_cast<qsizetype>(count));
        for (quint64 i = 0; i < count; ++i)
            QCOMPARE(userIdOf(*store, viewOf(keyOf(i))), QByteArrayView(QByteArray::number(i)));
        QVERIFY(!store->find(viewOf(keyOf(count))));
    }
}

void tst_KeyStore::reservedTooMuch()
{
    KeyStore::Builder builder;
    builder.reserve(100'000, 1'000'000);
    builder.add(keyOf(1).data(), "alice");
    const auto store = builder.build();
    QCOMPARE(store->size(), 1);
    QCOMPARE(userIdOf(*store, viewOf(keyOf(1))), QByteArrayView("alice"));
    QVERIFY(!store->find(viewOf(keyOf(2))));
}

void tst_KeyStore::outlivesTheBuilder()
{
    std::shared_ptr<const KeyStore> store;
    {
        KeyStore::Builder builder;
        builder.add(keyOf(1).data(), QByteArray("alice"));
        store = builder.build();
    }
    QCOMPARE(userIdOf(*store, viewOf(keyOf(1))), QByteArrayView("alice"));
}

// Every byte of a key is compared.
void tst_KeyStore::similarKeys()
{
    const Key key = keyOf(1);
    KeyStore::Builder builder;
    builder.add(key.data(), {});
    const auto store = builder.build();
    for (size_t i = 0; i < key.size(); ++i) {
        Key other = key;
        other[i] ^= 1;
        QVERIFY(!store->find(viewOf(other)));
    }
    QVERIFY(store->find(viewOf(key)));
}

void tst_KeyStore::aMillionKeys()
{
    constexpr quint64 Count = 1'000'000;
    KeyStore::Builder builder;
    for (quint64 i = 0; i < Count; ++i) {
        char id[sizeof i];
        std::memcpy(id, &i, sizeof i);
        builder.add(keyOf(i).data(), {id, sizeof id});
    }
    builder.add(keyOf(Count / 2).data(), "again");
    std::vector<KeyStore::Builder::Duplicate> duplicates;
    const auto store = builder.build(&duplicates);

    QCOMPARE(store->size(), static_cast<qsizetype>(Count));
    QCOMPARE(duplicates.size(), size_t{1});
    QCOMPARE(duplicates[0].position, static_cast<qsizetype>(Count));
    QCOMPARE(duplicates[0].first, static_cast<qsizetype>(Count / 2));
    quint64 wrong = 0;
    for (quint64 i = 0; i < Count; ++i) {
        const auto id = userIdOf(*store, viewOf(keyOf(i)));
        quint64 number = 0;
        if (id && id->size() == sizeof number)
            std::memcpy(&number, id->data(), sizeof number);
        if (!id || id->size() != sizeof number || number != i)
            ++wrong;
    }
    QCOMPARE(wrong, quint64{0});
    quint64 found = 0;
    for (quint64 i = Count; i < 2 * Count; ++i)
        found += store->find(viewOf(keyOf(i))) ? 1U : 0U;
    QCOMPARE(found, quint64{0});
}

void tst_KeyStore::timesOfExpiry_data()
{
    QTest::addColumn<QByteArray>("metadata");

    QTest::newRow("user ids") << QByteArray();
    QTest::newRow("fields") << QByteArray("fields");
}

void tst_KeyStore::timesOfExpiry()
{
    QFETCH(const QByteArray, metadata);

    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "before", metadata);
    builder.add(keyOf(2).data(), "alice", metadata);
    builder.setNotAfter(Moment);
    builder.add(keyOf(3).data(), {}, metadata);
    builder.add(keyOf(4).data(), "bob", metadata);
    builder.setNotAfter(-Moment);
    builder.add(keyOf(5).data(), "after", metadata);
    const auto store = builder.build();
    const auto check = [&](quint64 number, QByteArrayView userId, qint64 notAfter) {
        const auto match = store->find(viewOf(keyOf(number)));
        return match && match->userId == userId && match->metadata == metadata
               && match->notAfter == notAfter;
    };
    QVERIFY(check(1, "before", KeyStore::Never));
    QVERIFY(check(2, "alice", Moment));
    QVERIFY(check(3, {}, KeyStore::Never));
    QVERIFY(check(4, "bob", -Moment));
    QVERIFY(check(5, "after", KeyStore::Never));
    QCOMPARE(store->nextExpiry(-Moment - 1), -Moment);
    QCOMPARE(store->nextExpiry(-Moment), Moment);
    QCOMPARE(store->nextExpiry(Moment), KeyStore::Never);
}

void tst_KeyStore::noTimesOfExpiry()
{
    KeyStore::Builder builder;
    builder.add(keyOf(1).data(), "alice");
    const auto store = builder.build();
    QCOMPARE(store->find(viewOf(keyOf(1)))->notAfter, KeyStore::Never);
    QVERIFY(store->expiriesUntil(KeyStore::Never).empty());
    QCOMPARE(store->nextExpiry(0), KeyStore::Never);
}

void tst_KeyStore::usesTheEarliestTimeOfDuplicates()
{
    const auto add = [](KeyStore::Builder *builder) {
        builder->add(keyOf(1).data(), "first");
        builder->setNotAfter(Moment);
        builder->add(keyOf(1).data(), "second");
        builder->add(keyOf(2).data(), "first");
        builder->add(keyOf(2).data(), "second");
        builder->setNotAfter(Moment + 1);
    };
    KeyStore::Builder builder;
    add(&builder);
    const auto store = builder.build();
    QCOMPARE(store->find(viewOf(keyOf(1)))->notAfter, Moment);
    QCOMPARE(store->find(viewOf(keyOf(2)))->notAfter, Moment + 1);
    QCOMPARE(store->expiriesUntil(Moment + 1).size(), size_t{2});
    QCOMPARE(store->nextExpiry(0), Moment);
    QCOMPARE(store->nextExpiry(Moment), Moment + 1);

    KeyStore::Builder ofLast;
    add(&ofLast);
    QCOMPARE(ofLast.buildOfLast()->nextExpiry(0), Moment + 1);
}

void tst_KeyStore::findsWhatHasExpired()
{
    KeyStore::Builder builder(KeyStore::Origins::Lines);
    int line = 0;
    for (const qint64 notAfter : {Moment, Moment + 1, -Moment, Moment - 1}) {
        ++line;
        builder.add(keyOf(static_cast<quint64>(line)).data(), {}, {}, {line});
        builder.setNotAfter(notAfter);
    }
    builder.add(keyOf(9).data(), {}, {}, {9});
    const auto expiries = builder.build()->expiriesUntil(Moment);
    QCOMPARE(expiries.size(), size_t{3});
    QCOMPARE(expiries[0].origin.line, 1);
    QCOMPARE(expiries[0].notAfter, Moment);
    QCOMPARE(expiries[1].origin.line, 3);
    QCOMPARE(expiries[2].origin.line, 4);
}

QTEST_GUILESS_MAIN(tst_KeyStore)
#include "tst_keystore.moc"
