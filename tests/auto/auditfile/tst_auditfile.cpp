// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditfile.h"

#include "filetest.h"
#include "systemcalls.h"

#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <csignal>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Opens, writes and locks files. tst_auditrotation tests how they are renamed.
class tst_AuditFile : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void createsAFileForItsOwner();
    void appendsToAFile();
    void cutsTornLines_data();
    void cutsTornLines();
    void leavesForeignFilesAlone_data();
    void leavesForeignFilesAlone();
    void refusesPaths_data();
    void refusesPaths();
    void locksTheFile();
    void unlocksTheFileInSpiteOfAChild();
    void noticesReplacement_data();
    void noticesReplacement();
    void writesWholeLinesToAFullDisk_data();
    void writesWholeLinesToAFullDisk();
    void writesToStreams();
    void reportsASlowReader();
    void survivesAClosedReader();
    void reportsAFullDevice();

private:
    static QByteArray line(char letter = 'a')
    {
        // moc cannot parse a raw string here. NOLINTNEXTLINE(modernize-raw-string-literal)
        return "{\"time\":\"" + QByteArray(89, letter) + "\"}\n";
    }
    QString log() const { return path(u"audit.log"_s); }
    static qsizetype append(AuditFile &file, const QByteArray &lines, Problem *problem)
    {
        return file.append(lines, problem);
    }
};

void tst_AuditFile::createsAFileForItsOwner()
{
    AuditFile file;
    QVERIFY(!file.open(log()));
    QVERIFY(file.isOpen());
    QVERIFY(file.isRotatable());
    QCOMPARE(modeOf(u"audit.log"_s), 0600);
}

void tst_AuditFile::appendsToAFile()
{
    write(u"audit.log"_s, line('a'), 0640);
    AuditFile file;
    QVERIFY(!file.open(log()));
    QCOMPARE(file.size(), line().size());
    QVERIFY(file.head().startsWith("{\"time\":\"aaa"));
    Problem problem;
    QCOMPARE(append(file, line('b') + line('c'), &problem), 2 * line().size());
    QVERIFY(!problem);
    QVERIFY(!file.sync());
    QCOMPARE(contentsOf(u"audit.log"_s), line('a') + line('b') + line('c'));
    QCOMPARE(modeOf(u"audit.log"_s), 0640);
    // Somebody else cuts the file, as logrotate does with copytruncate.
    SystemCalls::truncate(QFile::encodeName(log()));
    QCOMPARE(append(file, line('d'), &problem), line().size());
    QCOMPARE(contentsOf(u"audit.log"_s), line('d'));
}

void tst_AuditFile::cutsTornLines_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("empty") << QByteArray() << QByteArray();
    QTest::newRow("whole") << line() << line();
    QTest::newRow("another last line") << QByteArray("text\n") << QByteArray("text\n");
    QTest::newRow("half a line") << line() + line().left(50) << line();
    QTest::newRow("a line without its end") << line() + line().chopped(1) << line();
    QTest::newRow("one byte") << line() + '{' << line();
    QTest::newRow("the only line") << line().left(50) << QByteArray();
    QTest::newRow("after many lines")
        << line().repeated(5000) + line().left(9) << line().repeated(5000);
}

void tst_AuditFile::cutsTornLines()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    write(u"audit.log"_s, before);
    AuditFile file;
    QVERIFY(!file.open(log()));
    QCOMPARE(contentsOf(u"audit.log"_s), after);
}

void tst_AuditFile::leavesForeignFilesAlone_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::newRow("text") << QByteArray("text");
    QTest::newRow("text after a line") << line() + "text";
    QTest::newRow("a long line") << QByteArray(100'000, '{');
}

void tst_AuditFile::leavesForeignFilesAlone()
{
    QFETCH(const QByteArray, contents);
    write(u"audit.log"_s, contents);
    AuditFile file;
    const Problem problem = file.open(log());
    QVERIFY2(problem.text().contains(u"is not an audit log"_s), qPrintable(problem.text()));
    QVERIFY(!file.isOpen());
    QCOMPARE(contentsOf(u"audit.log"_s), contents);
}

void tst_AuditFile::refusesPaths_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    QTest::newRow("symbolic link") << u"link"_s << u"symbolic link"_s;
    QTest::newRow("dangling link") << u"dangling"_s << u"symbolic link"_s;
    QTest::newRow("hard link") << u"hardlink"_s << u"has other names"_s;
    QTest::newRow("directory") << u"directory"_s << u"cannot be opened"_s;
    QTest::newRow("no directory") << u"missing/audit.log"_s << u"cannot be opened"_s;
    QTest::newRow("FIFO without a reader") << u"fifo"_s << u"nobody reads"_s;
    QTest::newRow("socket") << u"socket"_s << u"nobody reads"_s;
    QTest::newRow("name with a NUL") << u"target\0x"_s << u"contains a NUL"_s;
    QTest::newRow("nothing") << QString() << u"cannot be opened"_s;
}

void tst_AuditFile::refusesPaths()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, reason);
    write(u"target"_s, line());
    link(path(u"target"_s), u"link"_s);
    link(path(u"new"_s), u"dangling"_s);
    SystemCalls::hardLink(QFile::encodeName(path(u"target"_s)),
                          QFile::encodeName(path(u"hardlink"_s)));
    makeDirectory(u"directory"_s);
    makeFifo(u"fifo"_s);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray socketPath = QFile::encodeName(path(u"socket"_s));
    qstrncpy(address.sun_path, socketPath.constData(), sizeof address.sun_path);
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    QCOMPARE(::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    AuditFile file;
    const Problem problem = file.open(kind.isEmpty() ? kind : path(kind));
    QVERIFY2(problem.text().contains(reason), qPrintable(problem.text()));
    QVERIFY(!file.isOpen());
    QCOMPARE(contentsOf(u"target"_s), line());
    QVERIFY(!names().contains(u"new"_s));
}

void tst_AuditFile::locksTheFile()
{
    AuditFile file;
    QVERIFY(!file.open(log()));
    AuditFile other;
    const Problem problem = other.open(log());
    QVERIFY2(problem.text().contains(u"another audit log"_s), qPrintable(problem.text()));
    file.close();
    QVERIFY(!other.open(log()));
}

void tst_AuditFile::unlocksTheFileInSpiteOfAChild()
{
    AuditFile file;
    QVERIFY(!file.open(log()));
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        ::pause(); // with the file open
        ::_exit(0);
    }
    file.close();
    QVERIFY(!file.open(log()));
    QCOMPARE(::kill(child, SIGKILL), 0);
    QCOMPARE(::waitpid(child, nullptr, 0), child);
}

void tst_AuditFile::noticesReplacement_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<bool>("isReplaced");
    QTest::addColumn<bool>("hasName");
    QTest::newRow("nothing") << QString() << false << true;
    QTest::newRow("renamed") << u"rename"_s << true << true;
    QTest::newRow("removed") << u"remove"_s << true << false;
    QTest::newRow("another file in its place") << u"replace"_s << true << true;
    QTest::newRow("a directory in its place") << u"directory"_s << true << true;
}

void tst_AuditFile::noticesReplacement()
{
    QFETCH(const QString, change);
    QFETCH(const bool, isReplaced);
    QFETCH(const bool, hasName);
    AuditFile file;
    QVERIFY(!file.open(log()));
    if (change == u"remove"_s)
        remove(u"audit.log"_s);
    else if (!change.isEmpty())
        rename(u"audit.log"_s, u"renamed"_s);
    if (change == u"replace"_s)
        write(u"audit.log"_s, {});
    else if (change == u"directory"_s)
        makeDirectory(u"audit.log"_s);
    QCOMPARE(file.isReplaced(), isReplaced);
    QCOMPARE(file.hasName(), hasName);
}

void tst_AuditFile::writesWholeLinesToAFullDisk_data()
{
    QTest::addColumn<bool>("isFileSystem");
    QTest::newRow("limit of the file size") << false;
    QTest::newRow("full file system") << true;
}

void tst_AuditFile::writesWholeLinesToAFullDisk()
{
    QFETCH(const bool, isFileSystem);
    constexpr qsizetype Size = 16'384;
    rlimit before = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const QByteArray directory = QFile::encodeName(path(u"disk"_s));
    makeDirectory(u"disk"_s);
    void (*const handler)(int) = ::signal(SIGXFSZ, SIG_IGN);
    if (isFileSystem) {
        if (::mount("none", directory.constData(), "tmpfs", 0, "size=16k") != 0)
            QSKIP("Only root can mount a file system");
    } else {
        const rlimit limit = {Size, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    }
    const auto restore = qScopeGuard([&] {
        ::setrlimit(RLIMIT_FSIZE, &before);
        (void)::signal(SIGXFSZ, handler);
        if (isFileSystem)
            ::umount(directory.constData());
    });
    const QString name = u"disk/audit.log"_s;
    AuditFile file;
    QVERIFY(!file.open(path(name)));
    Problem problem;
    const qsizetype written = append(file, line().repeated(1000), &problem);
    QVERIFY2(problem.text().contains(u"cannot be written"_s), qPrintable(problem.text()));
    QCOMPARE(written, Size / line().size() * line().size());
    QCOMPARE(contentsOf(name), line().repeated(written / line().size()));
    // Once there is room, it goes on after the last whole line.
    SystemCalls::truncate(QFile::encodeName(path(name)));
    problem = {};
    QCOMPARE(append(file, line('b'), &problem), line().size());
    QCOMPARE(contentsOf(name), line('b'));
}

void tst_AuditFile::writesToStreams()
{
    makeFifo(u"fifo"_s);
    const FileDescriptor reader(
        ::open(QFile::encodeName(path(u"fifo"_s)).constData(), O_RDONLY | O_NONBLOCK));
    AuditFile file;
    QVERIFY(!file.open(path(u"fifo"_s)));
    QVERIFY(file.isOpenStream());
    QVERIFY(!file.isRotatable());
    QVERIFY(!file.isReplaced());
    QCOMPARE(file.size(), 0);
    Problem problem;
    QCOMPARE(append(file, line(), &problem), line().size());
    QVERIFY(!file.sync());
    QByteArray read(1000, '\0');
    read.truncate(::read(reader.get(), read.data(), 1000));
    QCOMPARE(read, line());
}

void tst_AuditFile::reportsASlowReader()
{
    makeFifo(u"fifo"_s);
    const FileDescriptor reader(
        ::open(QFile::encodeName(path(u"fifo"_s)).constData(), O_RDONLY | O_NONBLOCK));
    AuditFile file;
    QVERIFY(!file.open(path(u"fifo"_s)));
    Problem problem;
    const QByteArray lines = line().repeated(10'000);
    const qsizetype written = append(file, lines, &problem);
    QVERIFY(problem);
    QVERIFY(written > 0);
    QVERIFY(written < lines.size());
    QVERIFY(file.isOpenStream()); // goes on when the reader does
}

void tst_AuditFile::survivesAClosedReader()
{
    void (*const handler)(int) = ::signal(SIGPIPE, SIG_IGN); // as in the writer's thread
    const auto restore = qScopeGuard([handler] { (void)::signal(SIGPIPE, handler); });
    makeFifo(u"fifo"_s);
    FileDescriptor reader(
        ::open(QFile::encodeName(path(u"fifo"_s)).constData(), O_RDONLY | O_NONBLOCK));
    AuditFile file;
    QVERIFY(!file.open(path(u"fifo"_s)));
    reader.reset();
    Problem problem;
    QCOMPARE(append(file, line(), &problem), 0);
    QVERIFY(problem);
    QVERIFY(!file.isOpen());
}

void tst_AuditFile::reportsAFullDevice()
{
    if (!QFile::exists(u"/dev/full"_s))
        QSKIP("There is no /dev/full");
    AuditFile file;
    QVERIFY(!file.open(u"/dev/full"_s));
    Problem problem;
    QCOMPARE(append(file, line(), &problem), 0);
    QCOMPARE(problem.file, u"/dev/full"_s);
    QVERIFY(!file.isOpen());
}

QTEST_APPLESS_MAIN(tst_AuditFile)
#include "tst_auditfile.moc"
