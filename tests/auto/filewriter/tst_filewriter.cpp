// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/filewriter.h"

#include "base/text.h"
#include "credentials/files/filereader.h"
#include "filetest.h"
#include "somebodyelse.h"

#include <QtCore/qrandom.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Access = FileWriter::Access;
using Existing = FileWriter::Existing;
using Error = FileWriter::Error;

namespace {

constexpr qsizetype BlockSize = 65536;

struct stat statusOf(const QString &path)
{
    struct stat status = {};
    if (::lstat(qPrintable(path), &status) != 0)
        status.st_mode = 0;
    return status;
}

// A version consists of one repeated letter, and each version has a different size.
QByteArray version(int number)
{
    return {(number % 7 + 1) * BlockSize, static_cast<char>('a' + number % 7)};
}

bool isWhole(QByteArrayView contents)
{
    return !contents.isEmpty() && contents.toByteArray() == version(contents.front() - 'a');
}

} // namespace

class tst_FileWriter : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void refusesAnExistingFile();
    void refusesADanglingLink();
    void onlyOneOfManyCreatesTheFile();
    void writesTheTargetOfALink();
    void followsNoForeignLinks_data();
    void followsNoForeignLinks();
    void followsNoForeignDirectoryLinks_data();
    void followsNoForeignDirectoryLinks();
    void writesThroughADescriptor();
    void refusesWhatIsNotAFile_data();
    void refusesWhatIsNotAFile();
    void reportsMissingPermission();
    void leavesNothingOnAFullDisk();
    void removesPreparedFiles();
    void undoRestoresTheFile();
    void leavesACompleteFileWhenKilled();
};

void tst_FileWriter::refusesAnExistingFile()
{
    write(u"file"_s, "old");
    const FileWrite early = writeFile(path(u"file"_s), "new", Access::Public, Existing::Refuse);
    QCOMPARE(early.error, Error::AlreadyExists);
    QVERIFY(early.problem.text().startsWith(path(u"file"_s) + ": exists already"_L1));

    // Creating the file after the check is refused as well.
    FileWriter late(path(u"late"_s), Access::Public, Existing::Refuse);
    QVERIFY(late.prepare("new"));
    write(u"late"_s, "old");
    QVERIFY(!late.commit());
    QCOMPARE(late.error(), Error::AlreadyExists);
    QCOMPARE(contentsOf(u"late"_s), "old");
    QCOMPARE(names(), (QStringList{u"file"_s, u"late"_s}));
}

void tst_FileWriter::refusesADanglingLink()
{
    link(u"missing"_s, u"link"_s);
    const FileWrite kept = writeFile(path(u"link"_s), "new", Access::Public, Existing::Refuse);
    QCOMPARE(kept.error, Error::AlreadyExists);
    const FileWrite followed = writeFile(path(u"link"_s), "new", Access::Public, Existing::Replace);
    QCOMPARE(followed.error, Error::Failed);
    QVERIFY(followed.problem.text().contains("is a dangling symbolic link"_L1));
    QCOMPARE(names(), QStringList{u"link"_s});
}

void tst_FileWriter::onlyOneOfManyCreatesTheFile()
{
    for (int round = 0; round < 50; ++round) {
        const QString file = path(QString::number(round));
        std::array<FileWrite, 4> results;
        std::array<std::thread, 4> threads;
        for (std::size_t i = 0; i < threads.size(); ++i) {
            threads[i] = std::thread([&results, &file, i] {
                results[i] = writeFile(file, QByteArray::number(qulonglong(i)), Access::Secret,
                                       Existing::Refuse);
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QByteArray winner;
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i].isOk()) {
                QVERIFY(winner.isEmpty());
                winner = QByteArray::number(qulonglong(i));
            } else {
                QCOMPARE(results[i].error, Error::AlreadyExists);
            }
        }
        QVERIFY(!winner.isEmpty());
        QCOMPARE(contentsOf(QString::number(round)), winner);
    }
    QCOMPARE(names().size(), 50);
}

void tst_FileWriter::writesTheTargetOfALink()
{
    makeDirectory(u"target"_s);
    write(u"target/file"_s, "old", 0640);
    link(u"target/file"_s, u"link"_s);
    const FileWrite result = writeFile(path(u"link"_s), "new", Access::Secret, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QVERIFY(S_ISLNK(statusOf(path(u"link"_s)).st_mode));
    QCOMPARE(contentsOf(u"target/file"_s), "new");
    QCOMPARE(modeOf(u"target/file"_s), 0640);
    QCOMPARE(names(), (QStringList{u"link"_s, u"target"_s}));
}

void tst_FileWriter::followsNoForeignLinks_data()
{
    QTest::addColumn<uint>("firstOwner");
    QTest::addColumn<uint>("secondOwner");
    QTest::addColumn<uint>("fileOwner");
    QTest::addColumn<bool>("isFollowed");

    QTest::newRow("links of the writer") << 0U << 0U << 1000U << true;
    QTest::newRow("links of the file's owner") << 1000U << 1000U << 1000U << true;
    QTest::newRow("one link of the file's owner") << 0U << 1000U << 1000U << true;
    QTest::newRow("the first of somebody else") << 1000U << 0U << 0U << false;
    QTest::newRow("the second of somebody else") << 0U << 1000U << 0U << false;
    QTest::newRow("of a third user") << 1000U << 1001U << 1000U << false;
}

void tst_FileWriter::followsNoForeignLinks()
{
    QFETCH(const uint, firstOwner);
    QFETCH(const uint, secondOwner);
    QFETCH(const uint, fileOwner);
    QFETCH(const bool, isFollowed);
    if (::geteuid() != 0)
        QSKIP("Only root can give files to other users.");

    makeDirectory(u"links"_s);
    write(u"file"_s, "old");
    link(u"links/second"_s, u"first"_s);
    link(u"../file"_s, u"links/second"_s);
    QCOMPARE(::lchown(qPrintable(path(u"first"_s)), firstOwner, 0), 0);
    QCOMPARE(::lchown(qPrintable(path(u"links/second"_s)), secondOwner, 0), 0);
    QCOMPARE(::lchown(qPrintable(path(u"file"_s)), fileOwner, 0), 0);
    const FileWrite result =
        writeFile(path(u"first"_s), "new", Access::OwnerOnly, Existing::Replace);
    QCOMPARE(result.isOk(), isFollowed);
    QCOMPARE(contentsOf(u"file"_s), isFollowed ? "new" : "old");
    if (!isFollowed) {
        QCOMPARE(result.systemError, EPERM);
        QVERIFY(
            result.problem.text().contains(u"a symbolic link of one user to a file of another"_s));
    }
}

void tst_FileWriter::followsNoForeignDirectoryLinks_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<uint>("linkOwner");
    QTest::addColumn<uint>("directoryOwner");
    QTest::addColumn<uint>("fileOwner");
    QTest::addColumn<bool>("isFollowed");

    const QString direct = u"link/file"_s;
    QTest::newRow("of the writer") << direct << 0U << 0U << 0U << true;
    QTest::newRow("of the writer, to a user's file") << direct << 0U << 1000U << 1000U << true;
    QTest::newRow("of the file's owner") << direct << 1000U << 1000U << 1000U << true;
    QTest::newRow("of somebody else") << direct << 1000U << 0U << 0U << false;
    QTest::newRow("of somebody else, to root's file") << direct << 1000U << 1000U << 0U << false;
    QTest::newRow("of a third user") << direct << 1001U << 1000U << 1000U << false;
    QTest::newRow("left again") << u"link/../link/file"_s << 1000U << 0U << 0U << false;
    QTest::newRow("behind another link") << u"first"_s << 1000U << 0U << 0U << false;
    QTest::newRow("behind another link, of the writer") << u"first"_s << 0U << 0U << 0U << true;
}

void tst_FileWriter::followsNoForeignDirectoryLinks()
{
    QFETCH(const QString, file);
    QFETCH(const uint, linkOwner);
    QFETCH(const uint, directoryOwner);
    QFETCH(const uint, fileOwner);
    QFETCH(const bool, isFollowed);
    if (::geteuid() != 0)
        QSKIP("Only root can give files to other users.");

    makeDirectory(u"directory"_s);
    write(u"directory/file"_s, "old");
    link(u"directory"_s, u"link"_s);
    link(u"link/file"_s, u"first"_s);
    QCOMPARE(::lchown(qPrintable(path(u"link"_s)), linkOwner, 0), 0);
    QCOMPARE(::lchown(qPrintable(path(u"directory/file"_s)), fileOwner, 0), 0);
    QCOMPARE(::lchown(qPrintable(path(u"directory"_s)), directoryOwner, 0), 0);
    const auto verify = [&](const QString &name, Existing existing, const QByteArray &before) {
        const FileWrite result = writeFile(path(name), "new", Access::Secret, existing);
        QCOMPARE(result.isOk(), isFollowed);
        QCOMPARE(contentsOf(u"directory/"_s + name.section(u'/', -1)),
                 isFollowed ? QByteArray("new") : before);
        if (!isFollowed) {
            QCOMPARE(result.systemError, EPERM);
            QVERIFY(result.problem.text().contains(
                u"a symbolic link of one user to a file of another"_s));
        }
    };
    if (file == "first"_L1) {
        const FileWrite result = writeFile(path(file), "new", Access::Secret, Existing::Replace);
        QCOMPARE(result.isOk(), isFollowed);
        QCOMPARE(contentsOf(u"directory/file"_s), isFollowed ? "new" : "old");
        return;
    }
    verify(file, Existing::Replace, "old");
    if (QTest::currentTestFailed() || directoryOwner != fileOwner)
        return;
    // A new file is like one of the directory's owner.
    verify(file + u"2"_s, Existing::Refuse, {});
    QCOMPARE(names().size(), 3);
}

void tst_FileWriter::writesThroughADescriptor()
{
#ifdef Q_OS_LINUX
    makeDirectory(u"directory"_s);
    write(u"directory/file"_s, "old");
    const int directory =
        ::open(qPrintable(path(u"directory"_s)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    QVERIFY(directory >= 0);
    const auto closed = qScopeGuard([directory] { ::close(directory); });
    const QString base = u"/proc/self/fd/%1/"_s.arg(directory);
    QVERIFY(writeFile(base + u"file"_s, "new", Access::Public, Existing::Replace).isOk());
    QCOMPARE(contentsOf(u"directory/file"_s), "new");
    QVERIFY(writeFile(base + u"second"_s, "2", Access::Public, Existing::Refuse).isOk());
    QCOMPARE(contentsOf(u"directory/second"_s), "2");
    const int file = ::open(qPrintable(path(u"directory/file"_s)), O_RDONLY | O_CLOEXEC);
    QVERIFY(file >= 0);
    const auto fileClosed = qScopeGuard([file] { ::close(file); });
    QVERIFY(
        writeFile(u"/dev/fd/%1"_s.arg(file), "newer", Access::Public, Existing::Replace).isOk());
    QCOMPARE(contentsOf(u"directory/file"_s), "newer");
#else
    QSKIP("Only Linux has links to the files of descriptors.");
#endif
}

void tst_FileWriter::refusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("text");

    QTest::newRow("no such directory") << u"missing/file"_s << u"no such directory"_s;
    QTest::newRow("a file for a directory") << u"file/file"_s << u"no such directory"_s;
    QTest::newRow("a directory") << u"directory"_s << u"is not a regular file"_s;
    QTest::newRow("a fifo") << u"fifo"_s << u"is not a regular file"_s;
    QTest::newRow("a slash at the end") << u"missing/"_s << u"is not the name of a file"_s;
    QTest::newRow("NUL in the name") << u"a\0b"_s << u"NUL character"_s;
    QTest::newRow("a name too long") << QString(300, u'x') << u"cannot be written"_s;
}

void tst_FileWriter::refusesWhatIsNotAFile()
{
    QFETCH(const QString, name);
    QFETCH(const QString, text);

    write(u"file"_s, "old");
    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    const QStringList before = names();
    const FileWrite result = writeFile(path(name), "new", Access::Public, Existing::Replace);
    QCOMPARE(result.error, Error::Failed);
    QVERIFY2(result.problem.text().contains(text), qPrintable(result.problem.text()));
    QVERIFY(result.problem.text().startsWith(printable(path(name))));
    QCOMPARE(names(), before);
}

void tst_FileWriter::reportsMissingPermission()
{
    setMode({}, 0555);
    const FileWrite result = [&] {
        const SomebodyElse somebodyElse;
        return writeFile(path(u"file"_s), "new", Access::Public, Existing::Refuse);
    }();
    setMode({}, 0700);
    QCOMPARE(result.error, Error::Failed);
    QCOMPARE(result.systemError, EACCES);
    QVERIFY(result.problem.text().contains("permission denied"_L1));
    QVERIFY(names().isEmpty());
}

void tst_FileWriter::leavesNothingOnAFullDisk()
{
    write(u"file"_s, "old");
    // A limit of the process simulates a full disk: the file is opened, but cannot grow.
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {BlockSize, limit.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const FileWrite result = writeFile(path(u"file"_s), QByteArray(2 * BlockSize, 'x'),
                                       Access::Secret, Existing::Replace);
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    QVERIFY(std::signal(SIGXFSZ, ignored) != SIG_ERR);
    QCOMPARE(result.error, Error::Failed);
    QCOMPARE(result.systemError, EFBIG);
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::removesPreparedFiles()
{
    write(u"file"_s, "old");
    {
        FileWriter writer(path(u"file"_s), Access::Secret, Existing::Replace);
        QVERIFY(writer.prepare("new"));
        QCOMPARE(names().size(), 2);
    }
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::undoRestoresTheFile()
{
    write(u"file"_s, "old", 0640);
    {
        FileWriter replacing(path(u"file"_s), Access::Secret, Existing::Replace);
        replacing.setUndoable(true);
        QVERIFY(replacing.prepare("new"));
        QVERIFY(replacing.commit());
        QCOMPARE(contentsOf(u"file"_s), "new");
        QVERIFY(replacing.undo());
        QCOMPARE(contentsOf(u"file"_s), "old");
        QCOMPARE(modeOf(u"file"_s), 0640);
    }
    QCOMPARE(names(), QStringList{u"file"_s});
    {
        FileWriter creating(path(u"other"_s), Access::Secret, Existing::Refuse);
        creating.setUndoable(true);
        QVERIFY(creating.prepare("new"));
        QVERIFY(creating.commit());
        QVERIFY(creating.undo());
    }
    QCOMPARE(names(), QStringList{u"file"_s});
    {
        FileWriter kept(path(u"file"_s), Access::Secret, Existing::Replace);
        kept.setUndoable(true);
        QVERIFY(kept.prepare("newer"));
        QVERIFY(kept.commit());
    }
    QCOMPARE(contentsOf(u"file"_s), "newer");
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::leavesACompleteFileWhenKilled()
{
    const QString file = path(u"file"_s);
    write(u"file"_s, version(0), 0640);
    for (int round = 0; round < 40; ++round) {
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            for (int i = 0;; ++i) {
                const bool written =
                    writeFile(file, version(i), Access::Secret, Existing::Replace).isOk();
                const char report = written ? 'w' : 'f';
                if (::write(pipe[1], &report, 1) != 1 || !written)
                    ::_exit(1);
            }
        }
        ::close(pipe[1]);
        // Kills the writer after a few writes, during the next one.
        char report = 0;
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(::read(pipe[0], &report, 1), 1);
            QCOMPARE(report, 'w');
        }
        const int spins = QRandomGenerator::global()->bounded(2000);
        for (int i = 0; i < spins; ++i)
            static_cast<void>(statusOf(file));
        QCOMPARE(::kill(child, SIGKILL), 0);
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        ::close(pipe[0]);

        const FileRead read = readFile(file, 10 * BlockSize);
        QVERIFY2(read.isOk(), qPrintable(read.problem.text()));
        QVERIFY(isWhole(read.contents.view()));
        QCOMPARE(read.facts.mode, 0640U);
    }
    // Files that a killed writer leaves behind are hidden and private.
    const QStringList left = names();
    for (const QString &name : left) {
        if (name != u"file"_s) {
            QVERIFY(name.startsWith(u'.') && name.endsWith(".tmp"_L1));
            QCOMPARE(modeOf(name) & ~0640, 0);
        }
    }
}

QTEST_GUILESS_MAIN(tst_FileWriter)
#include "tst_filewriter.moc"
