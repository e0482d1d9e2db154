// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/text.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_Text : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recognizesCleanText_data();
    void recognizesCleanText();
    void checksEachByte_data();
    void checksEachByte();
    void quotes();
};

void tst_Text::recognizesCleanText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("clean");
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("ASCII") << QByteArray("user name ~") << true;
    QTest::newRow("UTF-8") << QByteArray("\xf0\x9f\xa6\x8a \xc3\xa4") << true;
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf") << false;
    QTest::newRow("text after a byte order mark") << QByteArray("\xef\xbb\xbf"
                                                                "bob")
                                                  << false;
    QTest::newRow("NUL") << QByteArray("a\0", 2) << false;
    QTest::newRow("tab") << QByteArray("a\tb") << false;
    QTest::newRow("escape") << QByteArray("\x1b[31m") << false;
    QTest::newRow("DEL") << QByteArray("\x7f") << false;
    QTest::newRow("C1 control") << QByteArray("\xc2\x9b") << false;
    QTest::newRow("cut off") << QByteArray("\xc3") << false;
    QTest::newRow("overlong") << QByteArray("\xc0\x80") << false;
}

void tst_Text::recognizesCleanText()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, clean);
    QCOMPARE(isCleanText(text), clean);
}

void tst_Text::checksEachByte_data()
{
    QTest::addColumn<int>("byte");
    QTest::addColumn<bool>("clean");
    QTest::newRow("before space") << 0x1f << false;
    QTest::newRow("space") << 0x20 << true;
    QTest::newRow("tilde") << 0x7e << true;
    QTest::newRow("DEL") << 0x7f << false;
    QTest::newRow("NUL") << 0x00 << false;
    QTest::newRow("continuation") << 0x80 << false;
    QTest::newRow("no byte of UTF-8") << 0xff << false;
}

// In texts of every length, at every position.
void tst_Text::checksEachByte()
{
    QFETCH(const int, byte);
    QFETCH(const bool, clean);
    for (const char filling : {' ', 'a', '~'}) {
        for (qsizetype size = 1; size <= 40; ++size) {
            for (qsizetype at = 0; at < size; ++at) {
                QByteArray text(size, filling);
                text[at] = static_cast<char>(byte);
                QCOMPARE(isCleanText(text), clean);
            }
        }
    }
}

void tst_Text::quotes()
{
    QCOMPARE(quoted(QStringLiteral("plain")), QStringLiteral("\"plain\""));
    QCOMPARE(quoted(QStringLiteral("a\"b\\c")), QStringLiteral("\"a\\\"b\\\\c\""));
    QCOMPARE(quoted(QStringLiteral("a\nb\x1b")), QStringLiteral("\"a\\u000ab\\u001b\""));
    // Escapes everything that would change how the rest of the line is displayed.
    QCOMPARE(quoted(QStringLiteral("\u202e")), QStringLiteral("\"\\u202e\""));
}

QTEST_GUILESS_MAIN(tst_Text)
#include "tst_text.moc"
