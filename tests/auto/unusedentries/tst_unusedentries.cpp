// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keylistfile.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/stores/unusedentries.h"
#include "filetest.h"
#include "testkeys.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests which entries of files are remembered although they let nobody in.
class tst_UnusedEntries : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheFirstOfEachName();
    void isBounded();
    void ofPasswordFiles_data();
    void ofPasswordFiles();
    void ofKeyLists_data();
    void ofKeyLists();
    void ofKeyDirectories();

private:
    // Returns the line and the reason; empty if there is no such entry.
    static QString textOf(const UnusedEntries::Entry *entry)
    {
        return entry ? QString::number(entry->line) + u": "_s + entry->why : QString();
    }
};

void tst_UnusedEntries::keepsTheFirstOfEachName()
{
    UnusedEntries entries;
    QVERIFY(!entries.find("bob"));
    entries.add("bob", {u"first"_s, 1});
    entries.add("bob", {u"second"_s, 2});
    QCOMPARE(textOf(entries.find("bob")), u"1: first"_s);
    QVERIFY(!entries.find("bo"));
}

void tst_UnusedEntries::isBounded()
{
    UnusedEntries entries;
    for (size_t i = 0; i < UnusedEntries::Maximum; ++i) {
        QVERIFY(!entries.isFull());
        entries.add(QByteArray::number(i), {});
    }
    QVERIFY(entries.isFull());
    entries.add("more", {});
    QVERIFY(!entries.find("more"));
    QVERIFY(entries.find("0"));
}

void tst_UnusedEntries::ofPasswordFiles_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("entry"); // of eve, or its beginning
    const QString locked = u": it locks the user out"_s;
    QTest::newRow("none") << QByteArray("bob=x\n") << QString();
    QTest::newRow("in force") << QByteArray("bob=x\neve=y\n") << QString();
    QTest::newRow("*") << QByteArray("bob=x\neve=*\n") << u"2"_s + locked;
    QTest::newRow("!") << QByteArray("eve=!\nbob=x\n") << u"1"_s + locked;
    QTest::newRow("locked by a later line") << QByteArray("eve=x\n\neve=*\n") << u"3"_s + locked;
    QTest::newRow("locked by an earlier line") << QByteArray("eve=*\n\neve=x\n") << u"1"_s + locked;
    QTest::newRow("no password") << QByteArray("\neve=\n") << u"2: the password is empty"_s;
    QTest::newRow("invalid hash") << QByteArray("eve=$argon2id$nonsense\n") << u"1: "_s;
    QTest::newRow("no '='") << QByteArray("eve\n") << QString();
}

void tst_UnusedEntries::ofPasswordFiles()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, entry);
    const PasswordLoad load = parsePasswordFile(contents, u"users"_s);
    const QString text = textOf(load.passwords->unused().find("eve"));
    QVERIFY2(text.startsWith(entry), qPrintable(text));
    QCOMPARE(text.isEmpty(), entry.isEmpty());
    if (!entry.isEmpty())
        QVERIFY(!load.passwords->contains("eve"));
}

void tst_UnusedEntries::ofKeyLists_data()
{
    QTest::addColumn<QByteArray>("line"); // %1 is the key
    QTest::addColumn<QString>("entry");   // of the key, or its beginning
    QTest::newRow("in force") << QByteArray("%1 eve") << QString();
    QTest::newRow("invalid time") << QByteArray("%1 eve not-after=soon") << u"2: "_s;
    QTest::newRow("reserved user id")
        << QByteArray("%1 anonymous") << u"2: the user id \"anonymous\""_s;
    QTest::newRow("a field twice") << QByteArray("%1 eve a=1 a=2") << u"2: a field occurs twice"_s;
    QTest::newRow("no key") << QByteArray("eve") << QString();
}

void tst_UnusedEntries::ofKeyLists()
{
    QFETCH(QByteArray, line);
    QFETCH(const QString, entry);
    line.replace("%1", Z85::encode(keyOf(1)));
    const KeyLoad load = parseKeyList("# keys\n" + line + '\n', u"keys"_s);
    const QString text = textOf(load.keys->unused().find(keyOf(1)));
    QVERIFY2(text.startsWith(entry), qPrintable(text));
    QCOMPARE(text.isEmpty(), entry.isEmpty());
    QVERIFY(!load.keys->unused().find(keyOf(2)));
}

void tst_UnusedEntries::ofKeyDirectories()
{
    const auto certificate = [](const QByteArray &time) {
        return "metadata\n    not-after = \"" + time + "\"\ncurve\n    public-key = \""
               + Z85::encode(keyOf(1)) + "\"\n";
    };
    write(u"a.key"_s, certificate("soon"));
    write(u"b.key"_s, certificateOf(2));
    KeyDirectory directory(path());
    KeyLoad load = directory.load();
    const UnusedEntries::Entry *entry = load.keys->unused().find(keyOf(1));
    QVERIFY(entry);
    QCOMPARE(entry->fileName, QByteArray("a.key"));
    const QString why = entry->why;
    QVERIFY(!why.isEmpty());
    QVERIFY(!load.keys->unused().find(keyOf(2)));

    write(u"a.key"_s, certificate("2030-01-01T00:00:00")); // without an offset
    load = directory.update({"a.key"});
    entry = load.keys->unused().find(keyOf(1));
    QVERIFY(entry && entry->why != why);

    write(u"a.key"_s, certificate("2030-01-01T00:00:00Z"));
    load = directory.update({"a.key"});
    QVERIFY(load.keys->find(keyOf(1)));
    QVERIFY(!load.keys->unused().find(keyOf(1)));
}

QTEST_GUILESS_MAIN(tst_UnusedEntries)
#include "tst_unusedentries.moc"
