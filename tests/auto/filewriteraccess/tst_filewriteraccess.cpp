// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/filewriter.h"

#include "filetest.h"
#include "somebodyelse.h"

#include <QtTest/qtest.h>

#include <cerrno>

#include <sys/stat.h>
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

struct stat statusOf(const QString &path)
{
    struct stat status = {};
    if (::lstat(qPrintable(path), &status) != 0)
        status.st_mode = 0;
    return status;
}

} // namespace

// Tests the mode and the owner of files that FileWriter writes.
class tst_FileWriterAccess : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void setsTheModeOfANewFile_data();
    void setsTheModeOfANewFile();
    void keepsTheModeOfAFile_data();
    void keepsTheModeOfAFile();
    void keepsOwnerAndGroup();
    void refusesAFileWhoseOwnerCannotBeKept();
    void ownerOnlyIsPrivate_data();
    void ownerOnlyIsPrivate();
    void ownerOnlyReplacesAForeignFile();
    void ownerOnlyIsLeftToTheDirectorysOwner_data();
    void ownerOnlyIsLeftToTheDirectorysOwner();
    void ownerOnlyIsNotLeftThroughALink_data();
    void ownerOnlyIsNotLeftThroughALink();
    void ownerOnlyDropsAccessControlList();
    void undoRestoresTheModeBeforeOwnerOnly();
};

void tst_FileWriterAccess::setsTheModeOfANewFile_data()
{
    QTest::addColumn<bool>("secret");
    QTest::addColumn<int>("umask");
    QTest::addColumn<int>("mode");

    QTest::newRow("secret: 0600") << true << 0022 << 0600;
    QTest::newRow("secret: whatever the umask allows") << true << 0000 << 0600;
    QTest::newRow("secret: whatever the umask takes from the owner") << true << 0277 << 0600;
    QTest::newRow("secret: even if the umask takes everything") << true << 0777 << 0600;
    QTest::newRow("public: 0644") << false << 0022 << 0644;
    QTest::newRow("public: at most 0644") << false << 0000 << 0644;
    QTest::newRow("public: less the umask") << false << 0027 << 0640;
}

void tst_FileWriterAccess::setsTheModeOfANewFile()
{
    QFETCH(const bool, secret);
    QFETCH(const int, umask);

    const mode_t before = ::umask(static_cast<mode_t>(umask));
    FileWriter writer(path(u"file"_s), secret ? Access::Secret : Access::Public, Existing::Refuse);
    const bool prepared = writer.prepare("contents");
    ::umask(before);
    QVERIFY2(prepared, qPrintable(writer.problem().text()));
    // The name does not exist yet, and the temporary file already has its final mode.
    QCOMPARE(names().size(), 1);
    QVERIFY(names().constFirst().startsWith(u'.'));
    QTEST(modeOf(names().constFirst()), "mode");
    QVERIFY2(writer.commit(), qPrintable(writer.problem().text()));
    QCOMPARE(names(), QStringList{u"file"_s});
    QCOMPARE(contentsOf(u"file"_s), "contents");
    QTEST(modeOf(u"file"_s), "mode");
}

void tst_FileWriterAccess::keepsTheModeOfAFile_data()
{
    QTest::addColumn<bool>("secret");
    QTest::addColumn<int>("mode");

    QTest::newRow("secret, a group may read") << true << 0640;
    QTest::newRow("secret, read only") << true << 0400;
    QTest::newRow("public, more than a new one") << false << 0664;
    QTest::newRow("public, less than a new one") << false << 0600;
}

void tst_FileWriterAccess::keepsTheModeOfAFile()
{
    QFETCH(const bool, secret);
    QFETCH(const int, mode);

    write(u"file"_s, "old", static_cast<mode_t>(mode));
    const FileWrite result = writeFile(path(u"file"_s), "new",
                                       secret ? Access::Secret : Access::Public, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(u"file"_s), mode);
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriterAccess::keepsOwnerAndGroup()
{
    if (::geteuid() != 0)
        QSKIP("only root can give a file away");
    write(u"file"_s, "old", 0640);
    QCOMPARE(::chown(qPrintable(path(u"file"_s)), SomebodyElse::Id, 12345), 0);
    const FileWrite result = writeFile(path(u"file"_s), "new", Access::Secret, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    const struct stat status = statusOf(path(u"file"_s));
    QCOMPARE(status.st_uid, SomebodyElse::Id);
    QCOMPARE(status.st_gid, 12345U);
    QCOMPARE(static_cast<int>(status.st_mode & 07777), 0640);
}

void tst_FileWriterAccess::refusesAFileWhoseOwnerCannotBeKept()
{
    if (::geteuid() != 0)
        QSKIP("only root has a file of somebody else's");
    write(u"file"_s, "old", 0644);
    setMode({}, 0777);
    const FileWrite result = [&] {
        const SomebodyElse somebodyElse;
        return writeFile(path(u"file"_s), "new", Access::Public, Existing::Replace);
    }();
    QCOMPARE(result.error, Error::Failed);
    QCOMPARE(result.systemError, EPERM);
    QVERIFY(result.problem.text().contains("its owner and group cannot be kept"_L1));
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriterAccess::ownerOnlyIsPrivate_data()
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

void tst_FileWriterAccess::ownerOnlyIsPrivate()
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
    QCOMPARE(modeOf(names().constFirst()), 0600); // before it has its name
    QVERIFY2(writer.commit(), qPrintable(writer.problem().text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(u"file"_s), 0600);
    QCOMPARE(statusOf(path(u"file"_s)).st_uid, ::geteuid());
    QCOMPARE(names(), QStringList{u"file"_s});
}

void tst_FileWriterAccess::ownerOnlyReplacesAForeignFile()
{
    if (::geteuid() != 0)
        QSKIP("only root has a file of somebody else's");
    write(u"file"_s, "old", 0644);
    setMode({}, 0777);
    const FileWrite result = [&] {
        const SomebodyElse somebodyElse;
        return writeFile(path(u"file"_s), "new", Access::OwnerOnly, Existing::Replace);
    }();
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    QCOMPARE(contentsOf(u"file"_s), "new");
    QCOMPARE(modeOf(u"file"_s), 0600);
    QCOMPARE(statusOf(path(u"file"_s)).st_uid, SomebodyElse::Id);
}

void tst_FileWriterAccess::ownerOnlyIsLeftToTheDirectorysOwner_data()
{
    QTest::addColumn<bool>("exists");
    QTest::addColumn<uint>("directoryOwner");

    QTest::newRow("new, a user's directory") << false << uint(SomebodyElse::Id);
    QTest::newRow("replaces root's file, a user's directory") << true << uint(SomebodyElse::Id);
    QTest::newRow("replaces a user's file, root's directory") << true << 0U;
}

void tst_FileWriterAccess::ownerOnlyIsLeftToTheDirectorysOwner()
{
    QFETCH(const bool, exists);
    QFETCH(const uint, directoryOwner);

    if (::geteuid() != 0)
        QSKIP("only root can give a file away");
    if (exists) {
        write(u"file"_s, "old", 0644);
        QCOMPARE(
            ::chown(qPrintable(path(u"file"_s)), directoryOwner == 0 ? SomebodyElse::Id : 0, 12345),
            0);
    }
    QCOMPARE(::chown(qPrintable(path()), directoryOwner, 0), 0);
    const FileWrite result =
        writeFile(path(u"file"_s), "new", Access::OwnerOnly, Existing::Replace);
    QVERIFY2(result.isOk(), qPrintable(result.problem.text()));
    const struct stat status = statusOf(path(u"file"_s));
    QCOMPARE(status.st_uid, directoryOwner);
    QCOMPARE(status.st_gid, 0U);
    QCOMPARE(static_cast<int>(status.st_mode & 07777), 0600);
}

void tst_FileWriterAccess::ownerOnlyIsNotLeftThroughALink_data()
{
    QTest::addColumn<bool>("isDirectory");
    QTest::addColumn<uint>("linkOwner");
    QTest::addColumn<bool>("isWritten");

    QTest::newRow("to a file, of the directory's owner")
        << false << uint(SomebodyElse::Id) << false;
    QTest::newRow("to a file, of root") << false << 0U << true;
    QTest::newRow("to the directory, of its owner") << true << uint(SomebodyElse::Id) << false;
    QTest::newRow("to the directory, of root") << true << 0U << true;
}

// Whoever has planted the link would get the secret.
void tst_FileWriterAccess::ownerOnlyIsNotLeftThroughALink()
{
    QFETCH(const bool, isDirectory);
    QFETCH(const uint, linkOwner);
    QFETCH(const bool, isWritten);

    if (::geteuid() != 0)
        QSKIP("only root can give a file away");
    makeDirectory(u"theirs"_s);
    if (!isDirectory) {
        write(u"theirs/file"_s, {});
        QCOMPARE(::chown(qPrintable(path(u"theirs/file"_s)), SomebodyElse::Id, 0), 0);
    }
    QCOMPARE(::chown(qPrintable(path(u"theirs"_s)), SomebodyElse::Id, 0), 0);
    link(isDirectory ? u"theirs"_s : u"theirs/file"_s, u"link"_s);
    QCOMPARE(::lchown(qPrintable(path(u"link"_s)), linkOwner, 0), 0);
    const FileWrite result =
        writeFile(path(isDirectory ? u"link/file"_s : u"link"_s), "SECRET", Access::OwnerOnly,
                  isDirectory ? Existing::Refuse : Existing::Replace);
    QCOMPARE(result.isOk(), isWritten);
    QCOMPARE(contentsOf(u"theirs/file"_s), isWritten ? "SECRET" : "");
    if (isWritten) {
        QCOMPARE(statusOf(path(u"theirs/file"_s)).st_uid, SomebodyElse::Id);
    } else {
        QCOMPARE(result.systemError, EPERM);
        QVERIFY2(result.problem.text().contains("through a symbolic link"_L1),
                 qPrintable(result.problem.text()));
    }
}

void tst_FileWriterAccess::ownerOnlyDropsAccessControlList()
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
    QCOMPARE(modeOf(u"file"_s), 0600);
#else
    QSKIP("access control lists are Linux's here");
#endif
}

void tst_FileWriterAccess::undoRestoresTheModeBeforeOwnerOnly()
{
    write(u"file"_s, "old", 0644);
    FileWriter writer(path(u"file"_s), Access::OwnerOnly, Existing::Replace);
    writer.setUndoable(true);
    QVERIFY(writer.prepare("new"));
    QVERIFY(writer.commit());
    QVERIFY(writer.undo());
    QCOMPARE(contentsOf(u"file"_s), "old");
    QCOMPARE(modeOf(u"file"_s), 0644);
}

QTEST_GUILESS_MAIN(tst_FileWriterAccess)
#include "tst_filewriteraccess.moc"
