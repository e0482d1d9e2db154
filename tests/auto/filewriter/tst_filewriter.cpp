// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/text.h"
#include "credentials/files/filereader.h"
#include "credentials/files/filewriter.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#ifdef Q_OS_LINUX
#    include <sys/xattr.h>
#endif

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Access = FileWriter::Access;
using Existing = FileWriter::Existing;
using Error = FileWriter::Error;

namespace {

constexpr uid_t Nobody = 65534;
constexpr qsizetype BlockSize = 65536;

struct stat statusOf(const QString &path)
{
    struct stat status = {};
    if (::lstat(qPrintable(path), &status) != 0)
        status.st_mode = 0;
    return status;
}

int modeOf(const QString &path)
{
    return static_cast<int>(statusOf(path).st_mode & 07777);
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

class tst_FileWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void newFile_data();
    void newFile();
    void keepsMode_data();
    void keepsMode();
    void keepsOwnerAndGroup();
    void ownerCannotBeKept();
    void ownerOnly_data();
    void ownerOnly();
    void ownerOnlyReplacesAForeignFile();
    void ownerOnlyIsLeftToTheDirectorysOwner_data();
    void ownerOnlyIsLeftToTheDirectorysOwner();
    void ownerOnlyDropsAccessControlList();
    void ownerOnlyIsUndone();
    void refusesExisting();
    void refusesDanglingLink();
    void onlyOneOfManyCreatesTheFile();
    void writesTheTargetOfALink();
    void refused_data();
    void refused();
    void noPermission();
    void leavesNothingOnAFullDisk();
    void preparedOnly();
    void undo();
    void lockPath();
    void leavesACompleteFileWhenKilled();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    QStringList names() const
    {
        return QDir(m_directory->path())
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }
    QByteArray contentsOf(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QString &name, const QByteArray &contents, mode_t mode = 0600)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents), contents.size());
        QCOMPARE(::chmod(qPrintable(path(name)), mode), 0);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_FileWriter::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_FileWriter::newFile_data()
{
    QTest::addColumn<bool>("secret");
    QTest::addColumn<int>("umask");
    QTest::addColumn<int>("mode");

    QTest::newRow("secret: 0600") << true << 0022 << 0600;
    QTest::newRow("secret: whatever the umask allows") << true << 0000 << 0600;
    QTest::newRow("public: 0644") << false << 0022 << 0644;
    QTest::newRow("public: at most 0644") << false << 0000 << 0644;
    QTest::newRow("public: less the umask") << false << 0027 << 0640;
}

void tst_FileWriter::newFile()
{
    QFETCH(const bool, secret);
    QFETCH(const int, umask);

    const mode_t before = ::umask(static_cast<mode_t>(umask));
    FileWriter writer(path(u"file"_s), secret ? Access::Secret : Access::Public, Existing::Refuse);
    const bool prepared = writer.prepare("contents");
    ::umask(before);
    QVERIFY2(prepared, qPrintable(writer.problem().text()));
    // The name does not exist yet, and the temporary file has its final mode already.
    QCOMPARE(names().size(), 1);
    QVERIFY(names().constFirst().startsWith(u'.'));
    QTEST(modeOf(path(names().constFirst())), "mode");
    QVERIFY2(writer.commit(), qPrintable(writer.problem().text()));
    QCOMPARE(names(), QStringList{u"file"_s});
    QCOMPARE(contentsOf(u"file"_s), "contents");
    QTEST(modeOf(path(u"file"_s)), "mode");
}

void tst_FileWriter::keepsMode_data()
{
    QTest::addColumn<bool>("secret");
    QTest::addColumn<int>("mode");

    QTest::newRow("secret, a group may read") << true << 0640;
    QTest::newRow("secret, read only") << true << 0400;
    QTest::newRow("public, more than a new one") << false << 0664;
    QTest::newRow("public, less than a new one") << false << 0600;
}

void tst_FileWriter::keepsMode()
{
    QFETCH(const bool, secret);
    QFETCH(const int, mode);

    write(u"file"_s, "old", static_cast<mode_t>(mode));
    const FileWrite result = writeFile(path(u"file"_s), "new",
                                       secret ? Access::Secret : Access::Public, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(path(u"file"_s)), mode);
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::keepsOwnerAndGroup()
{
    if (::geteuid() != 0)
        QSKIP("only root can give a file away");
    write(u"file"_s, "old", 0640);
    QCOMPARE(::chown(qPrintable(path(u"file"_s)), Nobody, 12345), 0);
    const FileWrite result = writeFile(path(u"file"_s), "new", Access::Secret, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    const struct stat status = statusOf(path(u"file"_s));
    QCOMPARE(status.st_uid, Nobody);
    QCOMPARE(status.st_gid, 12345U);
    QCOMPARE(static_cast<int>(status.st_mode & 07777), 0640);
}

void tst_FileWriter::ownerCannotBeKept()
{
    if (::geteuid() != 0)
        QSKIP("only root has a file of somebody else's");
    write(u"file"_s, "old", 0644);
    ::chmod(qPrintable(m_directory->path()), 0777);
    QCOMPARE(::seteuid(Nobody), 0);
    const FileWrite result = writeFile(path(u"file"_s), "new", Access::Public, Existing::Replace);
    QCOMPARE(::seteuid(0), 0);
    QCOMPARE(result.error, Error::Failed);
    QCOMPARE(result.systemError, EPERM);
    QVERIFY(result.problem.text().contains("its owner and group cannot be kept"_L1));
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::ownerOnly_data()
{
    QTest::addColumn<int>("oldMode");
    QTest::addColumn<int>("umask");

    constexpr int None = -1;
    QTest::newRow("new") << None << 0022;
    QTest::newRow("new, any umask") << None << 0000;
    QTest::newRow("new, a umask that takes the owner's rights") << None << 0277;
    QTest::newRow("everyone could read") << 0644 << 0022;
    QTest::newRow("everyone could write") << 0666 << 0022;
    QTest::newRow("a group could read") << 0640 << 0022;
    QTest::newRow("the owner could not write") << 0400 << 0022;
    QTest::newRow("set-user-ID") << 04755 << 0022;
    QTest::newRow("the same") << 0600 << 0022;
}

void tst_FileWriter::ownerOnly()
{
    QFETCH(const int, oldMode);
    QFETCH(const int, umask);

    if (oldMode >= 0)
        write(u"file"_s, "old", static_cast<mode_t>(oldMode));
    FileWriter writer(path(u"file"_s), Access::OwnerOnly, Existing::Replace);
    const mode_t before = ::umask(static_cast<mode_t>(umask));
    const bool prepared = writer.prepare("new");
    ::umask(before);
    QVERIFY2(prepared, qPrintable(writer.problem().text()));
    QCOMPARE(modeOf(path(names().constFirst())), 0600); // before it has its name
    QVERIFY2(writer.commit(), qPrintable(writer.problem().text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(path(u"file"_s)), 0600);
    QCOMPARE(statusOf(path(u"file"_s)).st_uid, ::geteuid());
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriter::ownerOnlyReplacesAForeignFile()
{
    if (::geteuid() != 0)
        QSKIP("only root has a file of somebody else's");
    write(u"file"_s, "old", 0644);
    ::chmod(qPrintable(m_directory->path()), 0777);
    QCOMPARE(::seteuid(Nobody), 0);
    const FileWrite result =
        writeFile(path(u"file"_s), "new", Access::OwnerOnly, Existing::Replace);
    QCOMPARE(::seteuid(0), 0);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(path(u"file"_s)), 0600);
    QCOMPARE(statusOf(path(u"file"_s)).st_uid, Nobody);
}

void tst_FileWriter::ownerOnlyIsLeftToTheDirectorysOwner_data()
{
    QTest::addColumn<bool>("exists");
    QTest::addColumn<uint>("directoryOwner");

    QTest::newRow("new, a user's directory") << false << uint(Nobody);
    QTest::newRow("replaces root's file, a user's directory") << true << uint(Nobody);
    QTest::newRow("replaces a user's file, root's directory") << true << 0U;
}

void tst_FileWriter::ownerOnlyIsLeftToTheDirectorysOwner()
{
    QFETCH(const bool, exists);
    QFETCH(const uint, directoryOwner);

    if (::geteuid() != 0)
        QSKIP("only root can give a file away");
    if (exists) {
        write(u"file"_s, "old", 0644);
        QCOMPARE(::chown(qPrintable(path(u"file"_s)), directoryOwner == 0 ? Nobody : 0, 12345), 0);
    }
    QCOMPARE(::chown(qPrintable(m_directory->path()), directoryOwner, 0), 0);
    const FileWrite result =
        writeFile(path(u"file"_s), "new", Access::OwnerOnly, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    const struct stat status = statusOf(path(u"file"_s));
    QCOMPARE(status.st_uid, directoryOwner);
    QCOMPARE(status.st_gid, 0U);
    QCOMPARE(static_cast<int>(status.st_mode & 07777), 0600);
}

void tst_FileWriter::ownerOnlyDropsAccessControlList()
{
#ifdef Q_OS_LINUX
    static constexpr char Attribute[] = "system.posix_acl_access";
    write(u"file"_s, "old", 0600);
    // Version 2: user::rw-, user:65534:r--, group::---, mask::r--, other::---.
    const QByteArray list = QByteArray::fromHex("02000000"
                                                "01000600ffffffff"
                                                "02000400feff0000"
                                                "04000000ffffffff"
                                                "10000400ffffffff"
                                                "20000000ffffffff");
    if (::setxattr(qPrintable(path(u"file"_s)), Attribute, list.constData(),
                   static_cast<size_t>(list.size()), 0)
        != 0) {
        QSKIP("no access control lists on this file system");
    }
    const FileWrite result =
        writeFile(path(u"file"_s), "new", Access::OwnerOnly, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QCOMPARE(::getxattr(qPrintable(path(u"file"_s)), Attribute, nullptr, 0), -1);
    QCOMPARE(modeOf(path(u"file"_s)), 0600);
#else
    QSKIP("access control lists are Linux's here");
#endif
}

void tst_FileWriter::ownerOnlyIsUndone()
{
    write(u"file"_s, "old", 0644);
    FileWriter writer(path(u"file"_s), Access::OwnerOnly, Existing::Replace);
    writer.setUndoable(true);
    QVERIFY(writer.prepare("new"));
    QVERIFY(writer.commit());
    QVERIFY(writer.undo());
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(modeOf(path(u"file"_s)), 0644);
}

void tst_FileWriter::refusesExisting()
{
    write(u"file"_s, "old");
    const FileWrite early = writeFile(path(u"file"_s), "new", Access::Public, Existing::Refuse);
    QCOMPARE(early.error, Error::AlreadyExists);
    QVERIFY(early.problem.text().startsWith(path(u"file"_s) + ": exists already"_L1));

    // Also if it is created after the check.
    FileWriter late(path(u"late"_s), Access::Public, Existing::Refuse);
    QVERIFY(late.prepare("new"));
    write(u"late"_s, "old");
    QVERIFY(!late.commit());
    QCOMPARE(late.error(), Error::AlreadyExists);
    QCOMPARE(contentsOf(u"late"_s), "old");
    QCOMPARE(names(), (QStringList{u"file"_s, u"late"_s}));
}

void tst_FileWriter::refusesDanglingLink()
{
    QVERIFY(QFile::link(u"missing"_s, path(u"link"_s)));
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
    QVERIFY(QDir(m_directory->path()).mkdir(u"target"_s));
    write(u"target/file"_s, "old", 0640);
    QVERIFY(QFile::link(u"target/file"_s, path(u"link"_s)));
    const FileWrite result = writeFile(path(u"link"_s), "new", Access::Secret, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QVERIFY(S_ISLNK(statusOf(path(u"link"_s)).st_mode));
    QCOMPARE(contentsOf(u"target/file"_s), "new");
    QCOMPARE(modeOf(path(u"target/file"_s)), 0640);
    QCOMPARE(names(), (QStringList{u"link"_s, u"target"_s}));
}

void tst_FileWriter::refused_data()
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

void tst_FileWriter::refused()
{
    QFETCH(const QString, name);
    QFETCH(const QString, text);

    write(u"file"_s, "old");
    QVERIFY(QDir(m_directory->path()).mkdir(u"directory"_s));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0600), 0);
    const QStringList before = names();
    const FileWrite result = writeFile(path(name), "new", Access::Public, Existing::Replace);
    QCOMPARE(result.error, Error::Failed);
    QVERIFY2(result.problem.text().contains(text), qPrintable(result.problem.text()));
    QVERIFY(result.problem.text().startsWith(printable(path(name))));
    QCOMPARE(names(), before);
}

void tst_FileWriter::noPermission()
{
    ::chmod(qPrintable(m_directory->path()), 0555);
    const bool isRoot = ::geteuid() == 0;
    if (isRoot)
        QCOMPARE(::seteuid(Nobody), 0);
    const FileWrite result = writeFile(path(u"file"_s), "new", Access::Public, Existing::Refuse);
    if (isRoot)
        QCOMPARE(::seteuid(0), 0);
    ::chmod(qPrintable(m_directory->path()), 0700);
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

void tst_FileWriter::preparedOnly()
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

void tst_FileWriter::undo()
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
        QCOMPARE(modeOf(path(u"file"_s)), 0640);
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

void tst_FileWriter::lockPath()
{
    QCOMPARE(FileWriter::lockPath(u"/etc/passwords"_s), u"/etc/.passwords.lock"_s);
    QCOMPARE(FileWriter::lockPath(u"passwords"_s), u".passwords.lock"_s);
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
            QCOMPARE(modeOf(path(name)) & ~0640, 0);
        }
    }
}

QTEST_GUILESS_MAIN(tst_FileWriter)

#include "tst_filewriter.moc"
