// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/z85.h"

#include <QtTest/qtest.h>

#include <array>

using namespace QZap::Internal;

class tst_Z85 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void vectors_data();
    void vectors();
    void refused_data();
    void refused();
    void isKey_data();
    void isKey();
    void everyCharacter();
    void roundTrip();
    void oddSize();
};

void tst_Z85::vectors_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("RFC 32: HelloWorld")
        << QByteArray::fromHex("864FD26FB559F75B") << QByteArray("HelloWorld");
    QTest::newRow("RFC 32: test case of the reference code")
        << QByteArray::fromHex("8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7")
        << QByteArray("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
    QTest::newRow("empty") << QByteArray() << QByteArray();
    QTest::newRow("smallest group") << QByteArray(4, '\0') << QByteArray("00000");
    QTest::newRow("largest group") << QByteArray(4, '\xff') << QByteArray("%nSc0");
    QTest::newRow("one") << QByteArray::fromHex("00000001") << QByteArray("00001");
    QTest::newRow("a base of it") << QByteArray::fromHex("00000055") << QByteArray("00010");
}

void tst_Z85::vectors()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, text);

    QCOMPARE(Z85::encode(bytes), text);
    QByteArray decoded(bytes.size(), 'x');
    QVERIFY(Z85::decode(text, decoded.data()));
    QCOMPARE(decoded, bytes);
}

void tst_Z85::refused_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("length: one character") << QByteArray("H");
    QTest::newRow("length: a group and a half") << QByteArray("HelloWor");
    QTest::newRow("value: 2^32") << QByteArray("%nSc1");
    QTest::newRow("value: the largest characters") << QByteArray("#####");
    QTest::newRow("value: in the second group") << QByteArray("Hello#####");
    QTest::newRow("alphabet: space") << QByteArray("Hell ");
    QTest::newRow("alphabet: quote") << QByteArray("Hell\"");
    QTest::newRow("alphabet: apostrophe") << QByteArray("Hell'");
    QTest::newRow("alphabet: backslash") << QByteArray("Hell\\");
    QTest::newRow("alphabet: comma") << QByteArray("Hell,");
    QTest::newRow("alphabet: underscore") << QByteArray("Hell_");
    QTest::newRow("alphabet: NUL") << QByteArray("Hell\0", 5);
    QTest::newRow("alphabet: DEL") << QByteArray("Hell\x7f");
    QTest::newRow("alphabet: above ASCII") << QByteArray("Hell\xc3");
    QTest::newRow("alphabet: first of a small group") << QByteArray("\xff"
                                                                    "0000");
}

void tst_Z85::refused()
{
    QFETCH(const QByteArray, text);

    std::array<char, 64> bytes{};
    QVERIFY(!Z85::decode(text, bytes.data()));
}

void tst_Z85::isKey_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("expected");

    const QByteArray key("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
    QTest::newRow("a key") << key << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("a group short") << key.left(35) << false;
    QTest::newRow("a group long") << key + "00000" << false;
    QTest::newRow("a character short") << key.left(39) << false;
    QTest::newRow("an invalid character") << key.left(39) + ' ' << false;
    QTest::newRow("above 32 bits in the last group") << key.left(35) + "#####" << false;
}

void tst_Z85::isKey()
{
    QFETCH(const QByteArray, text);
    QTEST(Z85::isKey(text), "expected");
}

void tst_Z85::everyCharacter()
{
    // The alphabet has exactly 85 characters.
    int valid = 0;
    for (int c = 0; c < 256; ++c) {
        const QByteArray text = "0000" + QByteArray(1, static_cast<char>(c));
        std::array<char, 4> bytes{};
        if (!Z85::decode(text, bytes.data()))
            continue;
        ++valid;
        QCOMPARE(Z85::encode(QByteArrayView(bytes.data(), 4)), text);
    }
    QCOMPARE(valid, 85);
}

void tst_Z85::roundTrip()
{
    quint32 state = 1;
    for (int i = 0; i < 10'000; ++i) {
        QByteArray key(CurveKeySize, Qt::Uninitialized);
        for (char &c : key) {
            state = state * 1664525U + 1013904223U;
            c = static_cast<char>(state >> 24);
        }
        const QByteArray text = Z85::encode(key);
        QCOMPARE(text.size(), CurveKeyTextSize);
        QVERIFY(Z85::isKey(text));
        QByteArray decoded(CurveKeySize, '\0');
        QVERIFY(Z85::decode(text, decoded.data()));
        QCOMPARE(decoded, key);
    }
}

void tst_Z85::oddSize()
{
    // Not a multiple of four, so there is no text.
    QCOMPARE(Z85::encode(QByteArray("abcde")), QByteArray());
}

QTEST_GUILESS_MAIN(tst_Z85)

#include "tst_z85.moc"
