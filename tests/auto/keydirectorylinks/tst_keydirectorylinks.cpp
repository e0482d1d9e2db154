// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectorytest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <utility>

#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests files of a key directory that are links or have several names.
class tst_KeyDirectoryLinks : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void followsLinksAndReportsBrokenOnes();
    void followsLinksOfKubernetes();
    void readsHardLinks();
    void followsSwappedLinksOfKubernetes();
};

void tst_KeyDirectoryLinks::followsLinksAndReportsBrokenOnes()
{
    write("alice.key", certificateOf(1));
    QVERIFY(QFile::rename(path(u"alice.key"_s), outside(u"elsewhere"_s)));
    QVERIFY(QFile::link(u"../elsewhere"_s, path(u"alice.key"_s)));
    QVERIFY(QFile::link(u"loop.key"_s, path(u"loop.key"_s)));
    QVERIFY(QFile::link(u"loop"_s, path(u"loop"_s)));
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling.key"_s)));
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].text().startsWith(path(u"dangling.key: a dangling symbolic link"_s)),
             qPrintable(load.errors[0].text()));
    QVERIFY2(
        load.errors[1].text().startsWith(path(u"loop.key: a symbolic link that leads to itself"_s)),
        qPrintable(load.errors[1].text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(1)));
}

// The files are links into a hidden directory that is itself a link.
void tst_KeyDirectoryLinks::followsLinksOfKubernetes()
{
    QVERIFY(QDir(directory()).mkdir(u"..2026"_s));
    write("..2026/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"..2026"_s, path(u"..data"_s)));
    QVERIFY(QFile::link(u"..data/alice.key"_s, path(u"alice.key"_s)));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryLinks::readsHardLinks()
{
    write("a.key", certificateOf(1));
    QCOMPARE(::link(qPrintable(path(u"a.key"_s)), qPrintable(path(u"b.key"_s))), 0);
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    KeyLoad load = keys.load();
    QCOMPARE(load.keys->size(), 1);
    QCOMPARE(load.warnings.size(), 1);
    // The file is written by one name, and only this name is reported; loading everything checks
    // all names.
    write("b.key", certificateOf(2));
    load = keys.update({"b.key"});
    QVERIFY(load.keys->find(keyOf(2)));
    load = keys.load();
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
    remove("a.key");
    load = keys.update({"a.key"});
    QCOMPARE(load.keys->size(), 1);
    QCOMPARE(textsOf(load.warnings), QStringList());
}

void tst_KeyDirectoryLinks::followsSwappedLinksOfKubernetes()
{
    for (const auto &[name, number] : {std::pair("..1", '\1'), std::pair("..2", '\2')}) {
        QVERIFY(QDir(directory()).mkdir(QString::fromLatin1(name)));
        write(QByteArray(name) + "/alice.key", certificateOf(number));
    }
    QCOMPARE(::symlink("..1", qPrintable(path(u"..data"_s))), 0);
    QCOMPARE(::symlink("..data/alice.key", qPrintable(path(u"alice.key"_s))), 0);
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys->find(keyOf(1)));
    QCOMPARE(::symlink("..2", qPrintable(path(u"..new"_s))), 0);
    QCOMPARE(::rename(qPrintable(path(u"..new"_s)), qPrintable(path(u"..data"_s))), 0);
    const KeyLoad load = keys.load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

QTEST_GUILESS_MAIN(tst_KeyDirectoryLinks)
#include "tst_keydirectorylinks.moc"
