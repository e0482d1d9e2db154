// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/textproblem.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_TextProblem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void utf16_data();
    void utf16();
    void anythingElse_data();
    void anythingElse();
};

void tst_TextProblem::utf16_data()
{
    QTest::addColumn<QByteArray>("mark");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("bigEndian");

    for (const bool bigEndian : {false, true}) {
        const QByteArray mark = bigEndian ? "\xfe\xff" : "\xff\xfe";
        const auto add = [&](const char *title, const QByteArray &before, const QString &text) {
            QTest::addRow("%s, %s", title, bigEndian ? "big-endian" : "little-endian")
                << before << text << bigEndian;
        };
        add("with a mark", mark, u"alice=x\r\n"_s);
        add("a mark alone", mark, QString());
        add("with a mark, other letters", mark, u"\u4e2d\u6587=\u5bc6\n"_s);
        add("without a mark", {}, u"alice=x\n"_s);
        add("without a mark, few letters", {}, u"a\n"_s);
        add("without a mark, some other letters", {}, u"al\u012bce=secret\n"_s);
        add("without a mark, long", {}, u"alice=x\n"_s.repeated(10'000));
    }
}

void tst_TextProblem::utf16()
{
    QFETCH(const QByteArray, mark);
    QFETCH(const QString, text);
    QFETCH(const bool, bigEndian);

    QByteArray contents = mark;
    for (const QChar c : text) {
        const auto high = static_cast<char>(c.unicode() >> 8);
        const auto low = static_cast<char>(c.unicode() & 0xff);
        contents += bigEndian ? high : low;
        contents += bigEndian ? low : high;
    }
    for (const QByteArray &more : {QByteArray(), QByteArray(1, '\0')}) { // cut off as well
        const Problem problem = utf16Problem(contents + more);
        QVERIFY(problem.what.startsWith("is UTF-16 text"_L1));
        QCOMPARE(problem.line, 1);
    }
}

void tst_TextProblem::anythingElse_data()
{
    QTest::addColumn<QByteArray>("contents");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a byte") << QByteArray("a");
    QTest::newRow("a character and NUL") << QByteArray("a\0", 2);
    QTest::newRow("ASCII") << QByteArray("alice=x\n");
    QTest::newRow("UTF-8 with a mark") << QByteArray("\xef\xbb\xbf"
                                                     "alice=x\n");
    QTest::newRow("Latin-1 that starts like a mark") << QByteArray("\xff\xfe=x\n");
    QTest::newRow("NULs") << QByteArray(4096, '\0');
    QTest::newRow("a NUL") << QByteArray("alice=a\0b\n", 10);
    QTest::newRow("a password in UTF-16, little-endian")
        << "alice=" + QByteArray("x\0", 2).repeated(127);
    QTest::newRow("a password in UTF-16, big-endian")
        << "bob=" + QByteArray("\0x", 2).repeated(127);
    QTest::newRow("NULs behind a text") << QByteArray("alice=x\n") + QByteArray(4096, '\0');
}

void tst_TextProblem::anythingElse()
{
    QFETCH(const QByteArray, contents);
    QVERIFY(!utf16Problem(contents));
}

QTEST_GUILESS_MAIN(tst_TextProblem)
#include "tst_textproblem.moc"
