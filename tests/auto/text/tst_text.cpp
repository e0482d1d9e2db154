// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/text.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_Text : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recognizesCleanText_data();
    void recognizesCleanText();
    void checksEachByte_data();
    void checksEachByte();
    void quotes();
    void printable_data();
    void printable();
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

// The byte is tested at every position in texts of every length.
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
    QCOMPARE(quoted(u"plain"_s), u"\"plain\""_s);
    QCOMPARE(quoted(u"a\"b\\c"_s), u"\"a\\\"b\\\\c\""_s);
    QCOMPARE(quoted(u"\\u000a"_s), u"\"\\\\u000a\""_s); // not the same as a line feed
}

void tst_Text::printable_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("printed");
    const auto same = [](const char *name, const QString &text) {
        QTest::newRow(name) << text << text;
    };
    same("empty", {});
    same("ASCII", u" a%1~"_s);
    same("backslash", u"C:\\u000a"_s);
    same("letters", u"\u00e4\u4e2d\u05d0"_s);
    same("no-break space", u"a\u00a0b"_s);
    same("beyond the basic plane", u"\U0001f511"_s);
    QTest::newRow("line feed") << u"a\nb"_s << uR"(a\u000ab)"_s;
    QTest::newRow("carriage return") << u"a\rb"_s << uR"(a\u000db)"_s;
    QTest::newRow("tab") << u"a\tb"_s << uR"(a\u0009b)"_s;
    QTest::newRow("NUL") << QString(QChar(0)) << uR"(\u0000)"_s;
    QTest::newRow("escape") << u"\x1b[31m"_s << uR"(\u001b[31m)"_s;
    QTest::newRow("DEL") << u"\x7f"_s << uR"(\u007f)"_s;
    QTest::newRow("next line") << u"\u0085"_s << uR"(\u0085)"_s;
    QTest::newRow("C1 escape") << u"\u009b31m"_s << uR"(\u009b31m)"_s;
    QTest::newRow("line separator") << u"a\u2028b"_s << uR"(a\u2028b)"_s;
    QTest::newRow("paragraph separator") << u"a\u2029b"_s << uR"(a\u2029b)"_s;
    QTest::newRow("right-to-left mark") << u"\u200f"_s << uR"(\u200f)"_s;
    QTest::newRow("Arabic letter mark") << u"\u061c"_s << uR"(\u061c)"_s;
    QTest::newRow("right-to-left override") << u"a\u202eb"_s << uR"(a\u202eb)"_s;
    QTest::newRow("right-to-left isolate") << u"a\u2067b\u2069"_s << uR"(a\u2067b\u2069)"_s;
    QTest::newRow("zero-width space") << u"a\u200bb"_s << uR"(a\u200bb)"_s;
    QTest::newRow("soft hyphen") << u"a\u00adb"_s << uR"(a\u00adb)"_s;
    QTest::newRow("byte order mark") << u"\ufeff"_s << uR"(\ufeff)"_s;
    QTest::newRow("private use") << u"\ue000"_s << uR"(\ue000)"_s;
    QTest::newRow("noncharacter") << u"\uffff"_s << uR"(\uffff)"_s;
    QTest::newRow("tag character") << u"\U000e0041"_s << uR"(\udb40\udc41)"_s;
    QTest::newRow("high surrogate alone") << QString(QChar(0xd83d)) + u'a' << uR"(\ud83da)"_s;
    QTest::newRow("high surrogate at the end") << QString(QChar(0xd83d)) << uR"(\ud83d)"_s;
    QTest::newRow("low surrogate alone") << QString(QChar(0xdd11)) << uR"(\udd11)"_s;
}

void tst_Text::printable()
{
    QFETCH(const QString, text);
    QFETCH(const QString, printed);
    const QString result = QZap::Internal::printable(text);
    QCOMPARE(result, printed);
    QCOMPARE(QZap::Internal::printable(result), printed); // escaping twice is harmless
    if (!text.contains(u'\\'))
        QCOMPARE(quoted(text), u'"' + printed + u'"');
}

QTEST_GUILESS_MAIN(tst_Text)
#include "tst_text.moc"
