// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/linkwalk.h"

#include "filetest.h"
#include "somebodyelse.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using LastName = LinkWalk::LastName;
using Owners = std::vector<quint32>;

namespace {

// Returns whether the descriptor and the path are those of the same directory.
bool isSame(const FileDescriptor &directory, const QByteArray &path)
{
    struct stat left = {};
    struct stat right = {};
    return ::fstat(directory.get(), &left) == 0 && ::stat(path.constData(), &right) == 0
           && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

} // namespace

class tst_LinkWalk : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheDirectory_data();
    void findsTheDirectory();
    void startsAtTheCurrentDirectory();
    void keepsTheLastName();
    void reportsErrors_data();
    void reportsErrors();
    void collectsForeignOwners_data();
    void collectsForeignOwners();
    void refusesTraps_data();
    void refusesTraps();
    void keepsTheDirectory();
    void entersDirectoriesThatCannotBeRead();
    void entersDirectoriesOfDescriptors();

private:
    // Creates a/b and links, with the absolute path of this directory for "@".
    void makeLinks() const
    {
        makeDirectory(u"a"_s);
        makeDirectory(u"a/b"_s);
        write(u"a/b/file"_s, "contents");
        link(u"a"_s, u"toA"_s);
        link(u"toA/b"_s, u"toB"_s);
        link(base(), u"a/up"_s);
        link(u"../../toB/file"_s, u"a/b/back"_s);
        link(u"missing"_s, u"dangling"_s);
        link(u"loop"_s, u"loop"_s);
        link(u"a/b/"_s, u"slash"_s);
        QString target = u"a"_s;
        for (int i = 1; i <= 41; ++i) {
            link(target, u"chain%1"_s.arg(i));
            target = u"chain%1"_s.arg(i);
        }
    }
    // Returns the path of the directory of this test, without links.
    QString base() const { return QDir(path()).canonicalPath(); }
    QByteArray native(const QString &name) const { return QFile::encodeName(base() + u'/' + name); }
};

void tst_LinkWalk::findsTheDirectory_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("directory");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("isLink");

    QTest::newRow("no link") << u"a/b/file"_s << u"a/b/"_s << QByteArray("file") << false;
    QTest::newRow("no file") << u"a/b/new"_s << u"a/b/"_s << QByteArray("new") << false;
    QTest::newRow("dots and slashes")
        << u"a//./b/../b/./file"_s << u"a/b/"_s << QByteArray("file") << false;
    QTest::newRow("a directory's link")
        << u"toA/b/file"_s << u"a/b/"_s << QByteArray("file") << false;
    QTest::newRow("a link behind it") << u"toB/file"_s << u"a/b/"_s << QByteArray("file") << false;
    QTest::newRow("a directory's link, with a slash")
        << u"slash/file"_s << u"a/b/"_s << QByteArray("file") << false;
    QTest::newRow("an absolute link")
        << u"toA/up/a/file"_s << u"a/"_s << QByteArray("file") << false;
    QTest::newRow("above a link's target")
        << u"toB/../file"_s << u"a/"_s << QByteArray("file") << false;
    QTest::newRow("a file's link") << u"a/b/back"_s << u"a/b/"_s << QByteArray("file") << true;
    QTest::newRow("a link to nothing")
        << u"dangling"_s << QString() << QByteArray("missing") << true;
    QTest::newRow("the longest chain")
        << u"chain40/file"_s << u"a/"_s << QByteArray("file") << false;
    QTest::newRow("a slash at the end") << u"a/b/"_s << u"a/b/"_s << QByteArray() << false;
    QTest::newRow("a slash at a link's end") << u"slash"_s << u"a/b/"_s << QByteArray() << true;
    QTest::newRow("a dot at the end") << u"a/."_s << u"a/"_s << QByteArray(".") << false;
    QTest::newRow("two dots at the end") << u"a/.."_s << u"a/"_s << QByteArray("..") << false;
}

void tst_LinkWalk::findsTheDirectory()
{
    QFETCH(const QString, path);
    QFETCH(const QString, directory);
    QFETCH(const QByteArray, name);
    QFETCH(const bool, isLink);

    makeLinks();
    LinkWalk walk(native(path), LastName::Follow);
    QCOMPARE(walk.error(), 0);
    QCOMPARE(walk.directoryPath(), native(directory));
    QCOMPARE(walk.name(), name);
    QCOMPARE(walk.endsWithLink(), isLink);
    QVERIFY(walk.foreignOwners().empty());
    QVERIFY(isSame(walk.takeDirectory(), native(directory)));
}

void tst_LinkWalk::startsAtTheCurrentDirectory()
{
    makeLinks();
    const QString before = QDir::currentPath();
    const auto restore = qScopeGuard([&before] { QDir::setCurrent(before); });
    QVERIFY(QDir::setCurrent(path(u"a"_s)));
    LinkWalk walk("b/../../toB/file", LastName::Follow);
    QCOMPARE(walk.error(), 0);
    QCOMPARE(walk.directoryPath(), native(u"a/b/"_s));
    QVERIFY(isSame(walk.takeDirectory(), native(u"a/b"_s)));
    LinkWalk here("file", LastName::Follow);
    QCOMPARE(here.directoryPath(), native(u"a/"_s));
    QVERIFY(isSame(here.takeDirectory(), native(u"a"_s)));
    LinkWalk root("/../../file", LastName::Follow);
    QCOMPARE(root.directoryPath(), "/");
    QVERIFY(isSame(root.takeDirectory(), "/"));
}

void tst_LinkWalk::keepsTheLastName()
{
    makeLinks();
    LinkWalk walk(native(u"toA/b/back"_s), LastName::Keep);
    QCOMPARE(walk.error(), 0);
    QVERIFY(!walk.endsWithLink());
    QCOMPARE(walk.directoryPath(), native(u"a/b/"_s));
    QCOMPARE(walk.name(), "back");
}

void tst_LinkWalk::reportsErrors_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("error");

    QTest::newRow("no directory") << u"missing/file"_s << ENOENT;
    QTest::newRow("a link to nothing") << u"dangling/file"_s << ENOENT;
    QTest::newRow("a file") << u"a/b/file/file"_s << ENOTDIR;
    QTest::newRow("a file's link") << u"a/b/back/file"_s << ENOTDIR;
    QTest::newRow("a loop of directories") << u"loop/file"_s << ELOOP;
    QTest::newRow("a loop") << u"loop"_s << ELOOP;
    QTest::newRow("too many links") << u"chain41/file"_s << ELOOP;
    QTest::newRow("a name too long") << QString(300, u'x') + u"/file"_s << ENAMETOOLONG;
}

void tst_LinkWalk::reportsErrors()
{
    QFETCH(const QString, path);

    makeLinks();
    const LinkWalk walk(native(path), LastName::Follow);
    QTEST(walk.error(), "error");
}

void tst_LinkWalk::collectsForeignOwners_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Owners>("owners");

    QTest::newRow("none") << u"a/b/file"_s << Owners();
    QTest::newRow("a directory's") << u"toA/b/file"_s << Owners{1000};
    QTest::newRow("of two links") << u"toB/file"_s << Owners{1001, 1000};
    QTest::newRow("a file's") << u"a/b/back"_s << Owners{1002, 1001, 1000};
    QTest::newRow("of a directory that is left again") << u"toA/../a/b/file"_s << Owners{1000};
    QTest::newRow("root's") << u"a/up/a/b/file"_s << Owners();
}

void tst_LinkWalk::collectsForeignOwners()
{
    QFETCH(const QString, path);
    if (::geteuid() != 0)
        QSKIP("Only root can give files to other users.");

    makeLinks();
    QCOMPARE(::lchown(native(u"toA"_s).constData(), 1000, 0), 0);
    QCOMPARE(::lchown(native(u"toB"_s).constData(), 1001, 0), 0);
    QCOMPARE(::lchown(native(u"a/b/back"_s).constData(), 1002, 0), 0);
    QCOMPARE(::chown(native(u"a"_s).constData(), 1003, 0), 0);
    const LinkWalk walk(native(path), LastName::Follow);
    QCOMPARE(walk.error(), 0);
    QTEST(walk.foreignOwners(), "owners");
}

void tst_LinkWalk::refusesTraps_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<uint>("linkOwner");
    QTest::addColumn<uint>("directoryOwner");
    QTest::addColumn<bool>("isFollowed");

    QTest::newRow("of another user") << 01777 << 1000U << 0U << false;
    QTest::newRow("root's") << 01777 << 0U << 1000U << true;
    QTest::newRow("of the directory's owner") << 01777 << 1000U << 1000U << true;
    QTest::newRow("not everybody's directory") << 01775 << 1000U << 0U << true;
    QTest::newRow("everybody may remove files") << 0777 << 1000U << 0U << true;
}

void tst_LinkWalk::refusesTraps()
{
    QFETCH(const int, mode);
    QFETCH(const uint, linkOwner);
    QFETCH(const uint, directoryOwner);
    QFETCH(const bool, isFollowed);
    if (::geteuid() != 0)
        QSKIP("Only root can give files to other users.");

    makeLinks();
    QCOMPARE(::lchown(native(u"toA"_s).constData(), linkOwner, 0), 0);
    QCOMPARE(::chown(native({}).constData(), directoryOwner, 0), 0);
    setMode({}, static_cast<mode_t>(mode));
    const LinkWalk walk(native(u"toA/b/file"_s), LastName::Follow);
    QCOMPARE(walk.error(), isFollowed ? 0 : EACCES);
}

// The path may lead elsewhere afterwards.
void tst_LinkWalk::keepsTheDirectory()
{
    makeLinks();
    LinkWalk walk(native(u"toB/file"_s), LastName::Follow);
    rename(u"a"_s, u"moved"_s);
    QVERIFY(isSame(walk.takeDirectory(), native(u"moved/b"_s)));
}

void tst_LinkWalk::entersDirectoriesThatCannotBeRead()
{
#ifdef Q_OS_LINUX
    makeLinks();
    setMode({}, 0711);
    setMode(u"a"_s, 0711);
    setMode(u"a/b"_s, 0711);
    const SomebodyElse somebodyElse;
    const LinkWalk walk(native(u"toB/file"_s), LastName::Follow);
    QCOMPARE(walk.error(), 0);
    QCOMPARE(walk.directoryPath(), native(u"a/b/"_s));
#else
    QSKIP("Not all systems have descriptors for such directories.");
#endif
}

void tst_LinkWalk::entersDirectoriesOfDescriptors()
{
#ifdef Q_OS_LINUX
    makeDirectory(u"gone"_s);
    const FileDescriptor gone(
        ::open(native(u"gone"_s).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    QVERIFY(gone.isValid());
    const QByteArray link = "/proc/self/fd/" + QByteArray::number(gone.get()) + "/file";
    LinkWalk walk(link, LastName::Follow);
    QCOMPARE(walk.error(), 0);
    QCOMPARE(walk.directoryPath(), native(u"gone/"_s));
    QCOMPARE(walk.name(), "file");
    QVERIFY(isSame(walk.takeDirectory(), native(u"gone"_s)));
    // A directory without a path.
    QCOMPARE(::rmdir(native(u"gone"_s).constData()), 0);
    LinkWalk again(link, LastName::Follow);
    QCOMPARE(again.error(), 0);
    struct stat left = {};
    struct stat right = {};
    QCOMPARE(::fstat(again.takeDirectory().get(), &left), 0);
    QCOMPARE(::fstat(gone.get(), &right), 0);
    QCOMPARE(left.st_ino, right.st_ino);
#else
    QSKIP("Only Linux has links to the files of descriptors.");
#endif
}

QTEST_GUILESS_MAIN(tst_LinkWalk)
#include "tst_linkwalk.moc"
