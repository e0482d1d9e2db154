// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/bytehash.h"

#include <QtTest/qtest.h>

#include <algorithm>
#include <set>

using namespace QZap::Internal;

class tst_ByteHash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesAWord();
    void dependsOnEachByte();
    void dependsOnTheSizeAndTheSeed();
    void compares_data();
    void compares();
};

// The word contains all of the first eight bytes of the text, and nothing beyond its end.
void tst_ByteHash::takesAWord()
{
    const QByteArray text("abcdefghij");
    for (qsizetype size = 1; size <= text.size(); ++size) {
        const quint64 word = wordOf(text.constData(), size);
        const QByteArray bytes(reinterpret_cast<const char *>(&word), sizeof word);
        for (const char byte : text)
            QCOMPARE(bytes.contains(byte), text.left(std::min<qsizetype>(size, 8)).contains(byte));
    }
}

void tst_ByteHash::dependsOnEachByte()
{
    for (qsizetype size = 1; size <= 40; ++size) {
        std::set<size_t> hashes{hashBytes(QByteArray(size, 'a'), 1)};
        for (qsizetype at = 0; at < size; ++at) {
            QByteArray text(size, 'a');
            text[at] = 'b';
            QCOMPARE(hashBytes(text, 1), hashBytes(QByteArray(text.constData(), size), 1));
            hashes.insert(hashBytes(text, 1));
        }
        QCOMPARE(hashes.size(), static_cast<size_t>(size) + 1);
    }
}

void tst_ByteHash::dependsOnTheSizeAndTheSeed()
{
    std::set<size_t> hashes;
    constexpr size_t Sizes = 41;
    for (size_t size = 0; size < Sizes; ++size) {
        const QByteArray text(static_cast<qsizetype>(size), '\0');
        hashes.insert(hashBytes(text, 0x10000));
        hashes.insert(hashBytes(text, 0x20000));
    }
    QCOMPARE(hashes.size(), 2 * Sizes);
}

void tst_ByteHash::compares_data()
{
    QTest::addColumn<QByteArray>("lhs");
    QTest::addColumn<QByteArray>("rhs");
    QTest::addColumn<bool>("areEqual");
    QTest::newRow("nothing") << QByteArray() << QByteArray("") << true;
    QTest::newRow("the same") << QByteArray("CURVE") << QByteArray("CURVE") << true;
    QTest::newRow("another byte") << QByteArray("CURVE") << QByteArray("CURVf") << false;
    QTest::newRow("a part") << QByteArray("CURV") << QByteArray("CURVE") << false;
    QTest::newRow("with NUL") << QByteArray("a\0b", 3) << QByteArray("a\0c", 3) << false;
}

void tst_ByteHash::compares()
{
    QFETCH(const QByteArray, lhs);
    QFETCH(const QByteArray, rhs);
    QFETCH(const bool, areEqual);
    QCOMPARE(isEqual(lhs, rhs), areEqual);
    QCOMPARE(isEqual(rhs, lhs), areEqual);
    QCOMPARE(ByteKey{lhs} == ByteKey{rhs}, areEqual);
}

QTEST_GUILESS_MAIN(tst_ByteHash)
#include "tst_bytehash.moc"
