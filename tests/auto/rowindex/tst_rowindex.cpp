// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/stores/rowindex.h"

#include <QtTest/qtest.h>

#include <utility>
#include <vector>

using namespace QZap::Internal;

namespace {

// A table whose rows consist of their keys only.
struct Table
{
    std::vector<QByteArray> keys;

    auto keyOf() const
    {
        return [this](quint32 number) -> QByteArrayView { return keys.at(number - 1); };
    }
    quint32 find(const RowIndex &index, QByteArrayView key) const
    {
        return index.find(key, index.hashOf(key), keyOf());
    }
};

Table tableOf(int rows)
{
    Table table;
    for (int i = 0; i < rows; ++i)
        table.keys.push_back("key" + QByteArray::number(i));
    return table;
}

} // namespace

class tst_RowIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void build_data();
    void build();
    void repeatedKeys();
    void insert();
    void copies();
    void likelyNumber();
};

void tst_RowIndex::empty()
{
    const RowIndex index;
    const Table table;
    QCOMPARE(table.find(index, "key"), 0U);
    QCOMPARE(table.find(index, {}), 0U);
    QVERIFY(index.fits(1));
}

void tst_RowIndex::build_data()
{
    QTest::addColumn<int>("rows");

    // The numbers are three quarters of 16, 32 and 1024 slots, and one more.
    for (const int rows : {0, 1, 12, 13, 24, 25, 768, 769})
        QTest::addRow("%d rows", rows) << rows;
}

void tst_RowIndex::build()
{
    QFETCH(const int, rows);
    const Table table = tableOf(rows);
    RowIndex index;
    const auto none = [](quint32, quint32) { QFAIL("no key is repeated"); };
    index.build(table.keys.size(), table.keys.size(), table.keyOf(), none);
    for (size_t i = 0; i < table.keys.size(); ++i)
        QCOMPARE(table.find(index, table.keys[i]), static_cast<quint32>(i + 1));
    QCOMPARE(table.find(index, "key"), 0U);
    QCOMPARE(table.find(index, "key" + QByteArray::number(rows)), 0U);
}

void tst_RowIndex::repeatedKeys()
{
    const Table table = {{"a", "b", "a", "c", "b", "a"}};
    std::vector<std::pair<quint32, quint32>> repeated;
    RowIndex index;
    index.build(table.keys.size(), table.keys.size(), table.keyOf(),
                [&](quint32 number, quint32 first) { repeated.emplace_back(number, first); });
    QCOMPARE(table.find(index, "a"), 1U);
    QCOMPARE(table.find(index, "b"), 2U);
    QCOMPARE(table.find(index, "c"), 4U);
    const std::vector<std::pair<quint32, quint32>> expected = {{3, 1}, {5, 2}, {6, 1}};
    QCOMPARE(repeated, expected);
}

void tst_RowIndex::insert()
{
    Table table;
    RowIndex index;
    for (quint32 number = 1; index.fits(number); ++number) {
        table.keys.push_back(QByteArray::number(number));
        QCOMPARE(table.find(index, table.keys.back()), 0U);
        index.insert(number, table.keyOf());
    }
    // A look-up of a missing key ends, because there is always a free slot.
    QCOMPARE(table.keys.size(), size_t{12});
    for (quint32 number = 1; number <= table.keys.size(); ++number)
        QCOMPARE(table.find(index, QByteArray::number(number)), number);
    QCOMPARE(table.find(index, "13"), 0U);
}

void tst_RowIndex::copies()
{
    Table table = tableOf(2);
    RowIndex index;
    index.insert(1, table.keyOf());
    RowIndex copy = index;
    copy.insert(2, table.keyOf());
    QCOMPARE(table.find(copy, "key0"), 1U);
    QCOMPARE(table.find(copy, "key1"), 2U);
    QCOMPARE(table.find(index, "key1"), 0U);
    // An index that was moved from can still be searched.
    const RowIndex moved = std::move(copy);
    QCOMPARE(table.find(moved, "key1"), 2U);
    QCOMPARE(table.find(copy, "key1"), 2U); // NOLINT(bugprone-use-after-move)
}

// A row that is alone is always in its own slot.
void tst_RowIndex::likelyNumber()
{
    const Table table = tableOf(1);
    RowIndex index;
    const quint32 hash = index.hashOf("key0");
    QCOMPARE(index.likelyNumber(hash), 0U);
    index.insert(1, table.keyOf());
    QCOMPARE(index.likelyNumber(hash), 1U);
}

QTEST_GUILESS_MAIN(tst_RowIndex)
#include "tst_rowindex.moc"
