// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfile.h"

#include "filetest.h"
#include "memorylimit.h"
#include "sanitizers.h"
#include "somebodyelse.h"
#include "testclocks.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MiB = 1024 * 1024;

// The cheapest possible hash of "S3cret".
const QByteArray SmallHash = PasswordHash::make("S3cret", {8, 1});

} // namespace

class tst_PasswordFile : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsAFile();
    void warnsOfFilesThatOthersCanAccess_data();
    void warnsOfFilesThatOthersCanAccess();
    void warnsThatOthersCanReadBadLines();
    void refusesWhatIsNotAFile_data();
    void refusesWhatIsNotAFile();
    void reportsMissingPermission();
    void namesTheConsequenceOfALostFile();
    void refusesALargeFile();
    void reportsALackOfMemory_data();
    void reportsALackOfMemory();
};

void tst_PasswordFile::readsAFile()
{
    write(u"users"_s, "alice=secret\n");
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.changedMeanwhile);
    QCOMPARE(load.passwords->check("alice", "secret"), PasswordCheck::Accepted);
}

void tst_PasswordFile::warnsOfFilesThatOthersCanAccess_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned"); // the start of each warning after the directory's path

    const auto mayRead = u"d/users: users other than the owner can read"_s;
    const auto mayWrite = u"d/users: users other than the owner can write"_s;
    const auto mayReplace = u"d: users other than the owner can add and replace"_s;
    const QByteArray plain("alice=secret\n");
    const QByteArray hashed("bob=" + SmallHash + '\n');
    QTest::newRow("secret") << plain << 0600 << 0755 << QStringList();
    QTest::newRow("secret, read only") << plain << 0400 << 0700 << QStringList();
    QTest::newRow("group reads") << plain << 0640 << 0755 << QStringList(mayRead);
    QTest::newRow("all read") << plain << 0604 << 0755 << QStringList(mayRead);
    QTest::newRow("group writes") << plain << 0620 << 0755 << QStringList(mayWrite);
    QTest::newRow("all read and write")
        << plain << 0666 << 0755 << QStringList({mayWrite, mayRead});
    QTest::newRow("all write the directory") << plain << 0600 << 0777 << QStringList(mayReplace);
    QTest::newRow("sticky directory") << plain << 0600 << 01777 << QStringList();
    QTest::newRow("hashes, all read") << hashed << 0644 << 0755 << QStringList();
    QTest::newRow("hashes, all write") << hashed << 0666 << 0755 << QStringList(mayWrite);
    QTest::newRow("one is plain, all read")
        << hashed + plain << 0644 << 0755 << QStringList(mayRead);
    QTest::newRow("no users, all read") << QByteArray("# Nobody") << 0644 << 0755 << QStringList();
}

void tst_PasswordFile::warnsOfFilesThatOthersCanAccess()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    makeDirectory(u"d"_s);
    write(u"d/users"_s, text, static_cast<mode_t>(mode));
    setMode(u"d"_s, static_cast<mode_t>(directoryMode));
    const PasswordLoad load = loadPasswordFile(path(u"d/users"_s));
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].text().startsWith(path(warned[i])),
                 qPrintable(load.warnings[i].text()));
    QCOMPARE(load.passwords->contains("alice"), text.contains("alice"));
}

void tst_PasswordFile::warnsThatOthersCanReadBadLines()
{
    write(u"users"_s, "bob=" + SmallHash + "\nalice:secret\n", 0644);
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QCOMPARE(load.errors.size(), 1);
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY(load.warnings.first().text().contains("users other than the owner can read"_L1));
}

void tst_PasswordFile::refusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<FileError>("error");

    QTest::newRow("no such file") << u"none"_s << FileError::NotFound;
    QTest::newRow("directory") << u"directory"_s << FileError::NotRegular;
    QTest::newRow("fifo") << u"fifo"_s << FileError::NotRegular;
    QTest::newRow("link that leads nowhere") << u"dangling"_s << FileError::NotFound;
    QTest::newRow("link that leads to itself") << u"loop"_s << FileError::NotRegular;
}

void tst_PasswordFile::refusesWhatIsNotAFile()
{
    QFETCH(const QString, name);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    link(u"nowhere"_s, u"dangling"_s);
    link(u"loop"_s, u"loop"_s);

    const PasswordLoad load = loadPasswordFile(path(name));
    QVERIFY(!load.passwords);
    QTEST(load.fileError, "error");
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(path(name) + u": "_s));
}

void tst_PasswordFile::reportsMissingPermission()
{
    write(u"users"_s, "alice=secret\n", 0000);
    const SomebodyElse somebodyElse;
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QVERIFY(!load.passwords);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(path(u"users"_s)
                                                  + u": cannot be read: permission"_s));
}

void tst_PasswordFile::namesTheConsequenceOfALostFile()
{
    PasswordFile file(path(u"users"_s), DefaultMaximumHashMemory, TestClocks::later);
    QCOMPARE(textsOf(file.load().errors), QStringList{path(u"users"_s) + u": no such file"_s});
    write(u"users"_s, "alice=secret\n");
    QCOMPARE(file.load().passwords->size(), 1);
    {
        setMode(u"users"_s, 0000);
        const SomebodyElse somebodyElse;
        const PasswordLoad load = file.load();
        QVERIFY(!load.passwords);
        QVERIFY2(load.errors.first().text().endsWith(u"; its previous contents remain in force"_s),
                 qPrintable(load.errors.first().text()));
    }
    remove(u"users"_s);
    for (int i = 0; i < 2; ++i) {
        const PasswordLoad load = file.load();
        QCOMPARE(load.passwords->size(), 0);
        QCOMPARE(textsOf(load.errors),
                 QStringList{path(u"users"_s)
                             + u": no such file; its users are refused until it is back"_s});
    }
}

void tst_PasswordFile::refusesALargeFile()
{
    // The file is sparse, and refused before it is read.
    write(u"users"_s, "alice=secret\n");
    QVERIFY(QFile::resize(path(u"users"_s), MaximumPasswordFileSize + 1));
    const PasswordLoad load = loadPasswordFile(path(u"users"_s));
    QVERIFY(!load.passwords);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(path(u"users"_s)
                                                  + u": larger than the maximum of 67108864 "_s));
}

void tst_PasswordFile::reportsALackOfMemory_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<int>("mebibytes");
    for (const int mebibytes : {2, 4, 6, 9, 12})
        QTest::addRow("%d MiB", mebibytes) << QByteArray("x") << mebibytes;
    for (const int mebibytes : {6, 12})
        QTest::addRow("%d MiB, locked", mebibytes) << QByteArray("*") << mebibytes;
}

// The users need more memory than is available. The process does not end, whichever allocation
// fails.
void tst_PasswordFile::reportsALackOfMemory()
{
#if defined(HAS_ADDRESS_SANITIZER) || defined(HAS_THREAD_SANITIZER)
    QSKIP("Sanitizers have memory of their own");
#else
    QFETCH(const QByteArray, password);
    QFETCH(const int, mebibytes);
    write(u"users"_s, {});
    // Written in parts: this process must not free memory that it could use again.
    QFile users(path(u"users"_s));
    QVERIFY(users.open(QIODevice::WriteOnly));
    for (int i = 0; i < 250'000; ++i)
        users.write("user" + QByteArray::number(i) + '=' + password + '\n');
    users.close();
    const QString file = path(u"users"_s);
    const auto outcome = withMemoryLimit(
        mebibytes * MiB, [&] { return loadPasswordFile(file).fileError == FileError::Unreadable; });
    if (outcome == MemoryOutcome::NotLimited)
        QSKIP("This system, such as qemu's user mode, does not limit memory");
    QCOMPARE(outcome, MemoryOutcome::True);
#endif
}

QTEST_GUILESS_MAIN(tst_PasswordFile)
#include "tst_passwordfile.moc"
