// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "descriptorlimit.h"
#include "keydirectorytest.h"
#include "somebodyelse.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests which paths can be a key directory, and what happens if the directory disappears.
class tst_KeyDirectoryLocation : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsNotADirectory_data();
    void refusesWhatIsNotADirectory();
    void refusesPathsWithoutAFile_data();
    void refusesPathsWithoutAFile();
    void reportsMissingPermission_data();
    void reportsMissingPermission();
    void acceptsATrailingSlash();
    void readsResources();
    void keepsKeysWhileTheDirectoryIsUnreadable();
    void keepsKeysWithoutADescriptor();
    void noticesRemovalsWithoutADescriptor();
    void revokesKeysOfARemovedDirectory_data();
    void revokesKeysOfARemovedDirectory();
    void usesOnlyKeysOfAnotherDirectory();
};

void tst_KeyDirectoryLocation::refusesWhatIsNotADirectory_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<FileError>("error");
    QTest::addColumn<QString>("what");

    QTest::newRow("no such directory") << u"none"_s << FileError::NotFound << u"no such"_s;
    QTest::newRow("file") << u"file"_s << FileError::NotRegular << u"not a directory"_s;
    QTest::newRow("fifo") << u"fifo"_s << FileError::NotRegular << u"not a directory"_s;
    QTest::newRow("link that leads nowhere")
        << u"dangling"_s << FileError::NotFound << u"no such"_s;
    QTest::newRow("link that leads to itself")
        << u"loop"_s << FileError::NotRegular << u"a symbolic link that leads to itself"_s;
}

void tst_KeyDirectoryLocation::refusesWhatIsNotADirectory()
{
    QFETCH(const QString, name);
    QFETCH(const QString, what);

    write("file", certificateOf(1));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0644), 0);
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    QVERIFY(QFile::link(u"loop"_s, path(u"loop"_s)));
    const KeyLoad load = loadKeyDirectory(path(name), {});
    QVERIFY(!load.keys);
    QTEST(load.fileError, "error");
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(name) + u": "_s + what),
             qPrintable(load.errors.first().text()));
}

void tst_KeyDirectoryLocation::refusesPathsWithoutAFile_data()
{
    QTest::addColumn<QString>("location");

    QTest::newRow("empty") << QString();
    QTest::newRow("NUL") << u"/tmp\0/keys"_s;
}

void tst_KeyDirectoryLocation::refusesPathsWithoutAFile()
{
    QFETCH(const QString, location);

    const KeyLoad load = loadKeyDirectory(location, {});
    QVERIFY(!load.keys);
    QCOMPARE(load.errors.size(), 1);
}

void tst_KeyDirectoryLocation::reportsMissingPermission_data()
{
    QTest::addColumn<int>("mode");

    QTest::newRow("neither to list nor to enter") << 0700;
    QTest::newRow("not to list") << 0711;
    QTest::newRow("not to enter") << 0744;
}

void tst_KeyDirectoryLocation::reportsMissingPermission()
{
    QFETCH(const int, mode);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    const mode_t wanted =
        ::geteuid() == 0 ? static_cast<mode_t>(mode) : static_cast<mode_t>(mode & 7) << 6;
    QCOMPARE(::chmod(qPrintable(directory()), wanted), 0);
    KeyLoad load;
    {
        const SomebodyElse somebodyElse;
        load = this->load();
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0700), 0);
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(directory()
                                                   + u": cannot be read: permission denied"_s),
             qPrintable(load.errors.first().text()));
}

void tst_KeyDirectoryLocation::acceptsATrailingSlash()
{
    write("alice.key", "broken");
    const KeyLoad load = loadKeyDirectory(directory() + u'/', {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key:1: "_s)),
             qPrintable(load.errors.first().text()));
}

void tst_KeyDirectoryLocation::readsResources()
{
    const KeyLoad load = loadKeyDirectory(u":/keys"_s, {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(u":/keys/broken.key:1: "_s),
             qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(1)));

    QCOMPARE(loadKeyDirectory(u":/none"_s, {}).fileError, FileError::NotFound);
    QCOMPARE(loadKeyDirectory(u":/keys/alice.key"_s, {}).fileError, FileError::NotRegular);
}

void tst_KeyDirectoryLocation::keepsKeysWhileTheDirectoryIsUnreadable()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    const KeyLoad first = keys.load();
    QCOMPARE(::chmod(qPrintable(directory()), 0000), 0);
    {
        const SomebodyElse somebodyElse;
        for (const bool byNames : {false, true}) {
            const KeyLoad load = look(&keys, {"alice.key"}, byNames);
            QVERIFY(!load.keys);
            QCOMPARE(load.fileError, FileError::Unreadable);
            QCOMPARE(load.errors.size(), 1);
            QVERIFY2(
                load.errors.first().text().endsWith(u"; its previous contents remain in force"_s),
                qPrintable(load.errors.first().text()));
        }
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0755), 0);
    QCOMPARE(keys.load().keys, first.keys);

    // The names that changed while the directory was unreadable are unknown, so all files are
    // checked.
    QCOMPARE(::chmod(qPrintable(directory()), 0000), 0);
    {
        const SomebodyElse somebodyElse;
        QVERIFY(!keys.update({"bob.key"}).keys);
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0755), 0);
    write("bob.key", certificateOf(2));
    const KeyLoad load = keys.update({});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 2);
}

void tst_KeyDirectoryLocation::keepsKeysWithoutADescriptor()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys);
    const DescriptorLimit limit(0);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QVERIFY(!load.keys);
        QCOMPARE(load.fileError, FileError::Unreadable);
    }
}

void tst_KeyDirectoryLocation::noticesRemovalsWithoutADescriptor()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys);
    SystemCalls::removeTree(file({}));
    const DescriptorLimit limit(0);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(load.fileError, FileError::NotFound);
        QVERIFY(load.isSettling);
        QCOMPARE(load.keys->size(), 0);
    }
}

void tst_KeyDirectoryLocation::revokesKeysOfARemovedDirectory_data()
{
    QTest::addColumn<QString>("instead"); // what replaces it
    QTest::addColumn<bool>("byNames");
    QTest::addColumn<FileError>("error");

    for (const bool byNames : {false, true}) {
        const auto row = [&](const char *name, const QString &instead, FileError error) {
            QTest::addRow("%s, %s", name, byNames ? "update" : "load")
                << instead << byNames << error;
        };
        row("nothing", {}, FileError::NotFound);
        row("a link that leads nowhere", u"nowhere"_s, FileError::NotFound);
        row("a link to a file", u"away/alice.key"_s, FileError::NotRegular);
        row("a link to itself", u"keys"_s, FileError::NotRegular);
    }
}

void tst_KeyDirectoryLocation::revokesKeysOfARemovedDirectory()
{
    QFETCH(const QString, instead);
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QCOMPARE(keys.load().keys->size(), 1);
    const QString away = outside(u"away"_s);
    QVERIFY(QFile::rename(directory(), away));
    if (!instead.isEmpty())
        QVERIFY(QFile::link(instead, directory()));
    for (int i = 0; i < 2; ++i) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QVERIFY(load.keys);
        QCOMPARE(load.keys->size(), 0);
        QTEST(load.fileError, "error");
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(load.errors.first().text().startsWith(directory() + u": "_s),
                 qPrintable(load.errors[0].text()));
        QVERIFY2(load.errors.first().text().endsWith(u"; its keys are revoked until it is back"_s),
                 qPrintable(load.errors.first().text()));
    }
    if (!instead.isEmpty())
        QVERIFY(QFile::remove(directory()));
    QVERIFY(QFile::rename(away, directory()));
    const KeyLoad load = look(&keys, {}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryLocation::usesOnlyKeysOfAnotherDirectory()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys);
    QVERIFY(QFile::rename(directory(), outside(u"away"_s)));
    QVERIFY(QDir().mkdir(directory()));
    write("bob.key", certificateOf(2));
    const KeyLoad load = keys.update({});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

QTEST_GUILESS_MAIN(tst_KeyDirectoryLocation)
#include "tst_keydirectorylocation.moc"
