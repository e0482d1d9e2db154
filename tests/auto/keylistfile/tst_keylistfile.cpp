// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistfile.h"

#include "descriptorlimit.h"
#include "filetest.h"
#include "restlessfile.h"
#include "somebodyelse.h"
#include "systemcalls.h"
#include "testclocks.h"
#include "testkeys.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

const QByteArray KeyA = Z85::encode(keyOf(1));
const QByteArray KeyB = Z85::encode(keyOf(2));

} // namespace

class tst_KeyListFile : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsAFile();
    void warnsOfFilesThatOthersCanReplace_data();
    void warnsOfFilesThatOthersCanReplace();
    void refusesWhatIsNotAFile_data();
    void refusesWhatIsNotAFile();
    void reportsMissingPermission();
    void refusesALargeFile();
    void doesNotReadAnUnchangedFileAgain();
    void noticesChangesOfTheSameSizeAndTime_data();
    void noticesChangesOfTheSameSizeAndTime();
    void readsARecentFileAgain();
    void keepsKeysWhileUnreadable();
    void keepsKeysWhileTooLarge();
    void revokesKeysOfARemovedFile_data();
    void revokesKeysOfARemovedFile();
    void neverUsesIncompleteWrites();
};

void tst_KeyListFile::readsAFile()
{
    write(u"list"_s, KeyA + " alice\n");
    const KeyLoad load = loadKeyList(path(u"list"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.changedMeanwhile);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("alice"));

    // The path can be a link as well.
    link(u"list"_s, u"link"_s);
    QCOMPARE(loadKeyList(path(u"link"_s)).keys->size(), 1);
}

void tst_KeyListFile::warnsOfFilesThatOthersCanReplace_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned"); // the files or directories that the warnings name

    const QStringList none;
    QTest::newRow("public") << 0644 << 0755 << none;
    QTest::newRow("group writes the file") << 0664 << 0755 << QStringList(u"d/list"_s);
    QTest::newRow("all write the file") << 0646 << 0755 << QStringList(u"d/list"_s);
    QTest::newRow("group writes the directory") << 0644 << 0775 << QStringList(u"d"_s);
    QTest::newRow("all write the directory") << 0644 << 0757 << QStringList(u"d"_s);
    QTest::newRow("both") << 0666 << 0777 << QStringList({u"d"_s, u"d/list"_s});
    QTest::newRow("sticky directory") << 0644 << 01777 << none;
}

void tst_KeyListFile::warnsOfFilesThatOthersCanReplace()
{
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    makeDirectory(u"d"_s);
    write(u"d/list"_s, KeyA, static_cast<mode_t>(mode));
    setMode(u"d"_s, static_cast<mode_t>(directoryMode));
    const KeyLoad load = loadKeyList(path(u"d/list"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY(load.warnings[i].text().startsWith(path(warned[i]) + u": users other than"_s));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyListFile::refusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<FileError>("error");

    QTest::newRow("no such file") << u"none"_s << FileError::NotFound;
    QTest::newRow("directory") << u"directory"_s << FileError::NotRegular;
    QTest::newRow("fifo") << u"fifo"_s << FileError::NotRegular;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << FileError::NotFound;
    QTest::newRow("link that leads to itself") << u"loop"_s << FileError::NotRegular;
    QTest::newRow("in a file") << u"file/list"_s << FileError::NotFound;
}

void tst_KeyListFile::refusesWhatIsNotAFile()
{
    QFETCH(const QString, name);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    link(u"nowhere"_s, u"dangling"_s);
    link(u"loop"_s, u"loop"_s);
    write(u"file"_s, KeyA);

    const KeyLoad load = loadKeyList(path(name));
    QVERIFY(!load.keys);
    QTEST(load.fileError, "error");
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(path(name) + u": "_s));
}

void tst_KeyListFile::reportsMissingPermission()
{
    write(u"list"_s, KeyA, 0000);
    const SomebodyElse somebodyElse;
    const KeyLoad load = loadKeyList(path(u"list"_s));
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(
        load.errors.first().text().startsWith(path(u"list"_s) + u": cannot be read: permission"_s));
}

void tst_KeyListFile::refusesALargeFile()
{
    // The file is sparse, and refused before it is read.
    write(u"list"_s, KeyA);
    QVERIFY(QFile::resize(path(u"list"_s), MaximumKeyListSize + 1));
    const KeyLoad load = loadKeyList(path(u"list"_s));
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(path(u"list"_s)
                                                  + u": larger than the maximum of 268435456 "_s));
}

void tst_KeyListFile::doesNotReadAnUnchangedFileAgain()
{
    write(u"list"_s, KeyA + " alice\n" + KeyB + " x y\n", 0600);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    const KeyLoad first = list.load();
    QCOMPARE(first.errors.size(), 1);
    const DescriptorLimit limit(0);
    const KeyLoad second = list.load();
    QCOMPARE(second.keys, first.keys);
    QCOMPARE(second.errors, first.errors);
    QCOMPARE(second.fileError, FileError::None);
}

void tst_KeyListFile::noticesChangesOfTheSameSizeAndTime_data()
{
    QTest::addColumn<bool>("byRename");

    QTest::newRow("in place") << false;
    QTest::newRow("renamed over") << true;
}

// The old and the new file have the same size and modification time.
void tst_KeyListFile::noticesChangesOfTheSameSizeAndTime()
{
    QFETCH(const bool, byRename);

    write(u"list"_s, KeyA);
    const QByteArray file = QFile::encodeName(path(u"list"_s));
    const struct stat before = SystemCalls::statusOf(file);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    QVERIFY(list.load().keys->find(keyOf(1)));

    const QByteArray written = byRename ? file + ".new" : file;
    SystemCalls::writeWithTimeOf(before, written, KeyB);
    QCOMPARE(SystemCalls::statusOf(written).st_size, before.st_size);
    if (byRename)
        SystemCalls::rename(written, file);
    const KeyLoad load = list.load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(!load.keys->find(keyOf(1)));
    QVERIFY(load.keys->find(keyOf(2)));
}

// A file that was changed too recently to be identified by its time stamps is read again, and once
// more later.
void tst_KeyListFile::readsARecentFileAgain()
{
    write(u"list"_s, KeyA);
    KeyList list(path(u"list"_s), {}, TestClocks::early);
    const KeyLoad first = list.load();
    const KeyLoad second = list.load();
    QVERIFY(second.keys);
    QVERIFY(second.keys != first.keys);
    QCOMPARE(textsOf(second.errors), QStringList());
}

void tst_KeyListFile::keepsKeysWhileUnreadable()
{
    write(u"list"_s, KeyA);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    const KeyLoad first = list.load();
    QVERIFY(first.keys);
    write(u"list"_s, KeyB, 0000);
    {
        const SomebodyElse somebodyElse;
        const KeyLoad load = list.load();
        QVERIFY(!load.keys);
        QCOMPARE(load.fileError, FileError::Unreadable);
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(load.errors.first().text().endsWith(u"; its previous contents remain in force"_s),
                 qPrintable(load.errors.first().text()));
    }
    setMode(u"list"_s, 0644);
    const KeyLoad load = list.load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyListFile::keepsKeysWhileTooLarge()
{
    write(u"list"_s, KeyA);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    QVERIFY(list.load().keys);
    QVERIFY(QFile::resize(path(u"list"_s), MaximumKeyListSize + 1));
    const KeyLoad load = list.load();
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
}

void tst_KeyListFile::revokesKeysOfARemovedFile_data()
{
    QTest::addColumn<QString>("instead"); // what replaces it
    QTest::addColumn<FileError>("error");

    QTest::newRow("nothing") << QString() << FileError::NotFound;
    QTest::newRow("a link that leads nowhere") << u"nowhere"_s << FileError::NotFound;
    QTest::newRow("a link to a directory") << u"."_s << FileError::NotRegular;
    QTest::newRow("a link to itself") << u"list"_s << FileError::NotRegular;
}

void tst_KeyListFile::revokesKeysOfARemovedFile()
{
    QFETCH(const QString, instead);

    write(u"list"_s, KeyA);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    QCOMPARE(list.load().keys->size(), 1);
    remove(u"list"_s);
    if (!instead.isEmpty())
        link(instead, u"list"_s);
    for (int i = 0; i < 2; ++i) {
        const KeyLoad load = list.load();
        QVERIFY(load.keys);
        QCOMPARE(load.keys->size(), 0);
        QTEST(load.fileError, "error");
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(load.errors.first().text().endsWith(u"; its keys are revoked until it is back"_s),
                 qPrintable(load.errors.first().text()));
    }
    if (!instead.isEmpty())
        remove(u"list"_s);
    write(u"list"_s, KeyA);
    const KeyLoad load = list.load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyListFile::neverUsesIncompleteWrites()
{
    const QByteArray padding = '\n' + QByteArray(1'000'000, '#');
    write(u"list"_s, KeyA + padding);
    KeyList list(path(u"list"_s), {}, TestClocks::later);
    const KeyLoad first = list.load();
    QVERIFY(first.keys->find(keyOf(1)));

    write(u"list"_s, KeyB + padding);
    KeyLoad load;
    std::shared_ptr<const KeyStore> keys = first.keys;
    bool isKept = true;
    {
        const RestlessFile restless(QFile::encodeName(path(u"list"_s)), 1'000'000);
        for (QDeadlineTimer limit(30'000); !load.changedMeanwhile && !limit.hasExpired();) {
            load = list.load();
            isKept = isKept && (!load.changedMeanwhile || load.keys == keys);
            keys = load.keys;
        }
    }
    QVERIFY(load.changedMeanwhile);
    QVERIFY(isKept);
    QCOMPARE(textsOf(load.errors), QStringList());

    load = list.load();
    QVERIFY(!load.changedMeanwhile);
    QVERIFY(load.keys->find(keyOf(2)));
}

QTEST_GUILESS_MAIN(tst_KeyListFile)
#include "tst_keylistfile.moc"
