// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/text.h"
#include "credentials/files/filereader.h"
#include "descriptorlimit.h"
#include "filetest.h"
#include "somebodyelse.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Limit = 1000;

} // namespace

class tst_FileReader : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsContents_data();
    void readsContents();
    void reportsFacts_data();
    void reportsFacts();
    void factsDistinguishVersions();
    void factsHoldTimesAfter2038();
    void reportsMissingFiles_data();
    void reportsMissingFiles();
    void refusesSpecialFiles_data();
    void refusesSpecialFiles();
    void followsSymbolicLinks();
    void refusesLargeFiles_data();
    void refusesLargeFiles();
    void readsFilesOfUnknownSize();
    void reportsMissingPermission();
    void reportsALackOfDescriptors();
    void noticesMissingFilesWithoutADescriptor();
    void readsFilesOfAnOpenDirectory();
    void readsResources();
};

void tst_FileReader::readsContents_data()
{
    QTest::addColumn<QByteArray>("contents");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("a line") << QByteArray("alice=secret\n");
    QTest::newRow("NUL and no newline") << QByteArray("a\0b", 3);
    QTest::newRow("byte order mark kept") << QByteArray("\xef\xbb\xbfx");
    QTest::newRow("as large as the limit") << QByteArray(Limit, 'x');
}

void tst_FileReader::readsContents()
{
    QFETCH(const QByteArray, contents);

    write(u"file"_s, contents);
    const FileRead read = readFile(path(u"file"_s), Limit);
    QVERIFY2(read.isOk(), qPrintable(read.problem.text()));
    QCOMPARE(read.contents.view().toByteArray(), contents);
    QCOMPARE(read.facts.size, contents.size());
    QVERIFY(!read.changedMeanwhile);
    QVERIFY(!read.problem);
}

void tst_FileReader::reportsFacts_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("readable");
    QTest::addColumn<bool>("writable");

    QTest::newRow("owner only") << 0600 << false << false;
    QTest::newRow("group reads") << 0640 << true << false;
    QTest::newRow("everyone reads") << 0604 << true << false;
    QTest::newRow("group writes") << 0620 << false << true;
    QTest::newRow("everyone writes") << 0602 << false << true;
    QTest::newRow("all") << 0666 << true << true;
}

void tst_FileReader::reportsFacts()
{
    QFETCH(const int, mode);

    write(u"file"_s, "x", static_cast<mode_t>(mode));
    const FileRead read = readFile(path(u"file"_s), Limit);
    QVERIFY(read.isOk());
    QTEST(read.facts.isReadableByOthers(), "readable");
    QTEST(read.facts.isWritableByOthers(), "writable");
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(path(u"file"_s)), &status), 0);
    QCOMPARE(read.facts.inode, status.st_ino);
    QCOMPARE(read.facts.device, status.st_dev);
    QCOMPARE(read.facts.mode, static_cast<quint32>(mode));
    QCOMPARE(read.facts.modified, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec);
    QCOMPARE(read.facts.changed, status.st_ctim.tv_sec * 1'000'000'000 + status.st_ctim.tv_nsec);
    const auto again = fileFacts(path(u"file"_s));
    QVERIFY(again);
    QCOMPARE(*again, read.facts);

    setMode({}, 0777);
    QVERIFY(fileFacts(path())->isReplaceableByOthers());
    setMode({}, 01777);
    QVERIFY(!fileFacts(path())->isReplaceableByOthers());
    setMode({}, 0700);
}

void tst_FileReader::factsDistinguishVersions()
{
    write(u"file"_s, "one");
    const FileFacts before = readFile(path(u"file"_s), Limit).facts;
    // The file has the same size and modification time, as after "cp -p".
    write(u"other"_s, "two");
    timespec time = {};
    time.tv_sec = before.modified / 1'000'000'000;
    time.tv_nsec = static_cast<long>(before.modified % 1'000'000'000);
    const timespec times[2] = {time, time};
    QCOMPARE(::utimensat(AT_FDCWD, qPrintable(path(u"other"_s)), times, 0), 0);
    QCOMPARE(::rename(qPrintable(path(u"other"_s)), qPrintable(path(u"file"_s))), 0);
    const FileFacts after = readFile(path(u"file"_s), Limit).facts;
    QCOMPARE(after.size, before.size);
    QCOMPARE(after.modified, before.modified);
    QVERIFY(after != before);
}

// 32 bits hold the seconds only until 2038.
void tst_FileReader::factsHoldTimesAfter2038()
{
    constexpr qint64 Year2100 = 4'102'444'800; // seconds
    write(u"file"_s, "x");
    timespec time = {};
    time.tv_sec = Year2100;
    const timespec times[2] = {time, time};
    QCOMPARE(::utimensat(AT_FDCWD, qPrintable(path(u"file"_s)), times, 0), 0);
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(path(u"file"_s)), &status), 0);
    if (status.st_mtim.tv_sec != Year2100)
        QSKIP("The file system keeps no such time");
    const FileRead read = readFile(path(u"file"_s), Limit);
    QVERIFY2(read.isOk(), qPrintable(read.problem.text()));
    QCOMPARE(read.facts.modified, Year2100 * 1'000'000'000);
}

void tst_FileReader::reportsMissingFiles_data()
{
    QTest::addColumn<QString>("name");

    QTest::newRow("no such file") << u"missing"_s;
    QTest::newRow("no such directory") << u"missing/file"_s;
    QTest::newRow("a file for a directory") << u"file/file"_s;
    QTest::newRow("a link that leads nowhere") << u"dangling"_s;
    QTest::newRow("NUL in the name") << u"file\0x"_s;
}

void tst_FileReader::reportsMissingFiles()
{
    QFETCH(const QString, name);

    write(u"file"_s, "x");
    link(u"missing"_s, u"dangling"_s);
    const FileRead read = readFile(path(name), Limit);
    QCOMPARE(read.error, FileError::NotFound);
    QVERIFY(read.contents.isEmpty());
    QCOMPARE(read.problem.text(), printable(path(name)) + ": no such file"_L1);
    QVERIFY(!fileFacts(path(name)));
}

void tst_FileReader::refusesSpecialFiles_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("text");

    QTest::newRow("directory") << u"directory"_s << u"a directory, not a file"_s;
    QTest::newRow("fifo without a writer") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("socket") << u"socket"_s << u"not a regular file"_s;
    QTest::newRow("link to a fifo") << u"link"_s << u"not a regular file"_s;
    QTest::newRow("link to itself") << u"loop"_s << u"a symbolic link that leads to itself"_s;
    QTest::newRow("endless device") << u"/dev/zero"_s << u"not a regular file"_s;
    QTest::newRow("empty device") << u"/dev/null"_s << u"not a regular file"_s;
}

void tst_FileReader::refusesSpecialFiles()
{
    QFETCH(const QString, file);
    QFETCH(const QString, text);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    link(u"fifo"_s, u"link"_s);
    link(u"loop"_s, u"loop"_s);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    qstrncpy(address.sun_path, qPrintable(path(u"socket"_s)), sizeof(address.sun_path));
    QCOMPARE(::bind(socket, reinterpret_cast<sockaddr *>(&address), sizeof(address)), 0);
    ::close(socket);

    const QString name = QDir::isAbsolutePath(file) ? file : path(file);
    const FileRead read = readFile(name, Limit);
    QCOMPARE(read.error, FileError::NotRegular);
    QVERIFY(read.contents.isEmpty());
    QCOMPARE(read.problem.text(), name + ": "_L1 + text);
}

void tst_FileReader::followsSymbolicLinks()
{
    write(u"file"_s, "contents");
    link(u"file"_s, u"link"_s);
    const FileRead read = readFile(path(u"link"_s), Limit);
    QVERIFY(read.isOk());
    QCOMPARE(read.contents.view(), "contents");
    QCOMPARE(read.facts, readFile(path(u"file"_s), Limit).facts);
}

void tst_FileReader::refusesLargeFiles_data()
{
    QTest::addColumn<qint64>("size");

    QTest::newRow("a byte more than the limit") << qint64{Limit} + 1;
    QTest::newRow("more than 31 bits hold") << (qint64{1} << 31) + 1;
    QTest::newRow("more than 32 bits hold") << (qint64{1} << 32) + 1;
}

void tst_FileReader::refusesLargeFiles()
{
    QFETCH(const qint64, size);

    write(u"file"_s, {});
    QVERIFY(QFile::resize(path(u"file"_s), size)); // sparse: takes no space
    const FileRead read = readFile(path(u"file"_s), Limit);
    QCOMPARE(read.error, FileError::Unreadable);
    QCOMPARE(read.systemError, EFBIG);
    QVERIFY(read.contents.isEmpty());
    QCOMPARE(read.problem.text(), path(u"file"_s) + ": larger than the maximum of 1000 bytes"_L1);
}

void tst_FileReader::readsFilesOfUnknownSize()
{
    // A regular file with a size of 0 can have contents.
    const QString file = u"/proc/self/status"_s;
    if (!QFile::exists(file))
        QSKIP("there is no /proc");
    const FileRead whole = readFile(file, 100'000);
    QVERIFY2(whole.isOk(), qPrintable(whole.problem.text()));
    QVERIFY(whole.contents.size() > 100);
    QVERIFY(whole.contents.view().endsWith('\n'));
    const FileRead bounded = readFile(file, 100);
    QCOMPARE(bounded.error, FileError::Unreadable);
    QCOMPARE(bounded.systemError, EFBIG);
}

void tst_FileReader::reportsMissingPermission()
{
    write(u"file"_s, "x", 0000);
    const SomebodyElse somebodyElse;
    const FileRead read = readFile(path(u"file"_s), Limit);
    QCOMPARE(read.error, FileError::Unreadable);
    QCOMPARE(read.systemError, EACCES);
    QVERIFY(
        read.problem.text().startsWith(path(u"file"_s) + ": cannot be read: permission denied"_L1));
}

void tst_FileReader::reportsALackOfDescriptors()
{
    write(u"file"_s, "x");
    const FileRead read = [this] {
        const DescriptorLimit none(0);
        return readFile(path(u"file"_s), Limit);
    }();
    // The file may exist, so its previous contents must remain in force.
    QCOMPARE(read.error, FileError::Unreadable);
    QCOMPARE(read.systemError, EMFILE);
    QVERIFY(read.problem.text().startsWith(path(u"file"_s) + ": cannot be read: "_L1));
}

void tst_FileReader::noticesMissingFilesWithoutADescriptor()
{
    const FileRead read = [this] {
        const DescriptorLimit none(0);
        return readFile(path(u"file"_s), Limit);
    }();
    QCOMPARE(read.error, FileError::NotFound);
    QCOMPARE(read.systemError, ENOENT);
}

void tst_FileReader::readsFilesOfAnOpenDirectory()
{
    write(u"file"_s, "contents");
    const int directory = ::open(qPrintable(path()), O_RDONLY | O_DIRECTORY);
    QVERIFY(directory >= 0);
    const FileRead read = readFileAt(directory, "file", Limit, path());
    QVERIFY(read.isOk());
    QCOMPARE(read.contents.view(), "contents");
    QCOMPARE(fileFactsAt(directory, "file"), std::optional(read.facts));
    const FileRead missing = readFileAt(directory, "missing", Limit, path());
    QCOMPARE(missing.error, FileError::NotFound);
    QCOMPARE(missing.problem.text(), path(u"missing"_s) + ": no such file"_L1);
    QVERIFY(!fileFactsAt(directory, "missing"));
    ::close(directory);
}

void tst_FileReader::readsResources()
{
    const FileRead missing = readFile(u":/missing"_s, Limit);
    QCOMPARE(missing.error, FileError::NotFound);
    const FileRead bounded = readFile(u":/resource.txt"_s, 10);
    QCOMPARE(bounded.error, FileError::Unreadable);
    QCOMPARE(bounded.systemError, EFBIG);
    const FileRead read = readFile(u":/resource.txt"_s, Limit);
    QVERIFY2(read.isOk(), qPrintable(read.problem.text()));
    QCOMPARE(read.contents.view(), "one line of a resource\n");
    QCOMPARE(read.facts.size, read.contents.size());
    QVERIFY(!read.facts.isWritableByOthers());
    QCOMPARE(readFile(u":/"_s, Limit).error, FileError::NotRegular);
}

QTEST_GUILESS_MAIN(tst_FileReader)

#include "tst_filereader.moc"
