// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectorytest.h"
#include "randombytes.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests which files of a key directory are not read, and the notes about them.
class tst_KeyDirectoryExclusions : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void excludesNames_data();
    void excludesNames();
    void reportsExcludedFiles_data();
    void reportsExcludedFiles();
    void reportsExcludedDirectories_data();
    void reportsExcludedDirectories();
    void reportsOnlyNamesThatMatch();
    void reportsABoundedNumberOfEscapedNames();
    void ignoresOtherFilesThatDoNotParse_data();
    void ignoresOtherFilesThatDoNotParse();
    void readsOnlyNamesThatMatch_data();
    void readsOnlyNamesThatMatch();
    void reportsInvalidNameFilters();
    void doesNotReadSubdirectories();
};

void tst_KeyDirectoryExclusions::excludesNames_data()
{
    QTest::addColumn<QByteArray>("name");

    for (const char *name :
         {".alice.key",       "#alice.key#",        "alice.key~",         "alice.key.bak",
          "alice.old",        "alice.orig",         "alice.tmp",          "alice.swp",
          "alice.key_secret", "alice.key.disabled", "alice.key.revoked",  "alice.key.off",
          "alice.key.save",   "alice.key.1",        "alice.key.part",     "alice.bak2",
          "alice (copy).key", "bob_secret.1",       "alice.dpkg-old.key", "alice.rpmsave.key"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

// A backup copy must not keep a key in force.
void tst_KeyDirectoryExclusions::excludesNames()
{
    QFETCH(const QByteArray, name);

    write(name, certificateOf(1));
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(!load.keys->find(keyOf(1)));
}

void tst_KeyDirectoryExclusions::reportsExcludedFiles_data()
{
    QTest::addColumn<bool>("byNames");
    QTest::newRow("all") << false;
    QTest::newRow("by names") << true;
}

void tst_KeyDirectoryExclusions::reportsExcludedFiles()
{
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory());
    KeyLoad load = keys.load();
    QCOMPARE(load.passedOver.count, 0);
    QCOMPARE(load.passedOver.text(directory()), QString());
    const size_t nothing = load.passedOver.digest;

    const auto look = [&](const NameSet &names) {
        load = KeyDirectoryTest::look(&keys, names, byNames);
        QByteArrayList said;
        for (const PassedOverReport::Name &entry : std::as_const(load.passedOver.first))
            said += entry.name;
        return said;
    };
    for (const char *name :
         {".hidden.key", "alice.key_secret", "bob_secret", "carol.key.disabled", "dora.key.bak"})
        write(name, certificateOf(2));
    const NameSet first{".hidden.key", "alice.key_secret", "bob_secret", "carol.key.disabled",
                        "dora.key.bak"};
    // The list contains neither hidden files nor the secret certificates beside their public ones.
    QCOMPARE(look(first), QByteArrayList({"bob_secret", "carol.key.disabled", "dora.key.bak"}));
    QCOMPARE(load.passedOver.count, 3);
    QCOMPARE(load.passedOver.text(u"keys"_s),
             u"keys: 3 entries are not read: \"bob_secret\", \"carol.key.disabled\", "
             "\"dora.key.bak\"; \"qzap check\" says why"_s);
    const size_t three = load.passedOver.digest;
    QVERIFY(three != nothing);
    QCOMPARE(look({"alice.key"}).size(), 3);
    QCOMPARE(load.passedOver.digest, three);

    write("bob", certificateOf(3)); // czmq's
    QCOMPARE(look({"bob"}), QByteArrayList({"carol.key.disabled", "dora.key.bak"}));
    QVERIFY(load.passedOver.digest != three);
    remove("alice.key");
    QCOMPARE(look({"alice.key"}),
             QByteArrayList({"alice.key_secret", "carol.key.disabled", "dora.key.bak"}));
    QCOMPARE(::rename(qPrintable(path(u"carol.key.disabled"_s)), qPrintable(path(u"carol.key"_s))),
             0);
    QCOMPARE(look({"carol.key.disabled", "carol.key"}),
             QByteArrayList({"alice.key_secret", "dora.key.bak"}));
    QVERIFY(load.keys->find(keyOf(2)));
    for (const char *name : {"alice.key_secret", "dora.key.bak"})
        remove(name);
    QCOMPARE(look({"alice.key_secret", "dora.key.bak"}), QByteArrayList());
    QCOMPARE(load.passedOver.digest, nothing);
}

void tst_KeyDirectoryExclusions::reportsExcludedDirectories_data()
{
    reportsExcludedFiles_data();
}

void tst_KeyDirectoryExclusions::reportsExcludedDirectories()
{
    QFETCH(const bool, byNames);

    KeyDirectory keys(directory());
    QVERIFY(keys.load().keys);
    QDir directory(this->directory());
    for (const auto &name :
         {u"old"_s, u"tls"_s, u"empty"_s, u".git"_s, u"x.key.bak"_s, u"nested"_s})
        QVERIFY(directory.mkdir(name));
    QVERIFY(directory.mkdir(u"nested/deeper"_s));
    write("old/alice.key", certificateOf(1));
    write("tls/server.key", "-----BEGIN PRIVATE KEY-----\n");
    write(".git/alice.key", certificateOf(1));
    write("x.key.bak/alice", certificateOf(1));
    write("nested/deeper/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"old"_s, path(u"link"_s)));
    const KeyLoad load =
        look(&keys, {"old", "tls", "empty", ".git", "x.key.bak", "nested", "link"}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 0);
    QCOMPARE(
        load.passedOver.text(u"keys"_s),
        u"keys: 4 entries are not read: \"link/\", \"nested/\", \"old/\", \"x.key.bak/\"; \"qzap "
        "check\" says why"_s);
    QCOMPARE(load.passedOver.directories, 4);
}

void tst_KeyDirectoryExclusions::reportsOnlyNamesThatMatch()
{
    write("alice.key", certificateOf(1));
    write("alice.key_secret", certificateOf(1));
    write("alice.old", certificateOf(1));
    write("bob.old", certificateOf(1));
    for (const bool byNames : {false, true}) {
        KeyDirectory keys(directory(), {u"*.old"_s, u"*_secret"_s});
        QVERIFY(keys.load().keys);
        const KeyLoad load = look(&keys, {"alice.key", "alice.old", "bob.old"}, byNames);
        QCOMPARE(load.passedOver.count, 2);
        KeyDirectory others(directory(), {u"*.key"_s});
        QVERIFY(others.load().keys);
        QCOMPARE(look(&others, {"alice.key", "alice.old"}, byNames).passedOver.count, 0);
    }
}

void tst_KeyDirectoryExclusions::reportsABoundedNumberOfEscapedNames()
{
    write("a\n\"b.old", certificateOf(1));
    for (int i = 0; i < 30; ++i)
        write("b" + QByteArray::number(i) + ".old", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(load.passedOver.count, 31);
    QCOMPARE(load.passedOver.first.size(), 20);
    const QString text = load.passedOver.text(u"keys"_s);
    QVERIFY2(
        text.startsWith(u"keys: 31 entries are not read: \"a\\u000a\\\"b.old\", \"b0.old\", "_s)
            && text.contains(u" and 11 more; "_s) && !text.contains(u'\n'),
        qPrintable(text));
}

void tst_KeyDirectoryExclusions::ignoresOtherFilesThatDoNotParse_data()
{
    QTest::addColumn<QByteArray>("contents");

    const QByteArray rubbish = randomBytes(4096);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("Read me\n");
    QTest::newRow("binary") << rubbish;
    QTest::newRow("certificate without a key") << QByteArray("metadata\n    name = \"x\"\n");
    QTest::newRow("over the limit") << certificateOf(1) + QByteArray(MaximumCertificateSize, '#');
}

void tst_KeyDirectoryExclusions::ignoresOtherFilesThatDoNotParse()
{
    QFETCH(const QByteArray, contents);

    write("README", contents);
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryExclusions::readsOnlyNamesThatMatch_data()
{
    QTest::addColumn<QStringList>("filters");
    QTest::addColumn<QByteArray>("found");

    QTest::newRow("none") << QStringList() << QByteArray("\1\2\3\4");
    QTest::newRow("all") << QStringList(u"*"_s) << QByteArray("\1\2\3\4");
    QTest::newRow("ending") << QStringList(u"*.key"_s) << QByteArray("\1\2\4");
    QTest::newRow("start") << QStringList(u"a*"_s) << QByteArray("\1\4");
    QTest::newRow("name") << QStringList(u"bob.key"_s) << QByteArray("\2");
    QTest::newRow("part of a name") << QStringList(u"bob"_s) << QByteArray();
    QTest::newRow("two") << QStringList({u"bob.*"_s, u"car??"_s}) << QByteArray("\2\3");
    QTest::newRow("class") << QStringList(u"[bc]*"_s) << QByteArray("\2\3");
    QTest::newRow("case") << QStringList(u"*.KEY"_s) << QByteArray();
    QTest::newRow("hidden stays hidden") << QStringList(u".*"_s) << QByteArray();
    QTest::newRow("empty") << QStringList(QString()) << QByteArray();
}

void tst_KeyDirectoryExclusions::readsOnlyNamesThatMatch()
{
    QFETCH(const QStringList, filters);
    QFETCH(const QByteArray, found);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    write("carol", certificateOf(3));
    write("a\xe4.key", certificateOf(4));
    write(".hidden.key", certificateOf(5));
    write("dave.key", "broken");
    const bool readsBroken =
        filters.isEmpty() || filters.contains(u"*"_s) || filters.contains(u"*.key"_s);
    const KeyLoad load = this->load(filters);
    QCOMPARE(load.errors.size(), readsBroken ? 1 : 0);
    QCOMPARE(load.keys->size(), found.size());
    for (const char number : found)
        QVERIFY(load.keys->find(keyOf(number)));
}

void tst_KeyDirectoryExclusions::reportsInvalidNameFilters()
{
    write("alice.key", certificateOf(1));
    // The first filter contains a range that ends before it starts.
    const KeyLoad load = this->load({u"[z-a]"_s, u"alice*"_s});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(directory() + u": the name filter \"[z-a]\""_s),
             qPrintable(load.errors.first().text()));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryExclusions::doesNotReadSubdirectories()
{
    QDir keys(directory());
    QVERIFY(keys.mkdir(u"x.key"_s));
    QVERIFY(keys.mkdir(u"y"_s));
    write("x.key/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"x.key"_s, path(u"link.key"_s)));
    QVERIFY(QFile::link(u"y"_s, path(u"link"_s)));
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

QTEST_GUILESS_MAIN(tst_KeyDirectoryExclusions)
#include "tst_keydirectoryexclusions.moc"
