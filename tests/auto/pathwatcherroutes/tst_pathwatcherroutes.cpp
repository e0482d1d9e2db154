// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/filedescriptor.h"
#include "pathwatchertest.h"
#include "somebodyelse.h"

#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cstdio>
#include <memory>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests changes of the directories and links that lead to a watched path.
class tst_PathWatcherRoutes : public PathWatcherTest
{
    Q_OBJECT

private Q_SLOTS:
    void followsThePath_data();
    void followsThePath();
    void followsADirectoryThatAppears();
    void followsSwitchedLinks_data();
    void followsSwitchedLinks();
    void followsLinksThatWereLoops();
    void followsLinksOfKubernetes();
    void findsMountsWhenItLooksAgain();
    void followsDirectoriesThatCannotBeRead_data();
    void followsDirectoriesThatCannotBeRead();
    void reportsDirectoriesThatCannotBeRead();

private:
    // The mode of a directory that this user or, for root, another one can enter, but not read.
    static mode_t unreadableMode() { return SomebodyElse::isAnotherUser() ? 0711 : 0311; }
};

void tst_PathWatcherRoutes::followsThePath_data()
{
    QTest::addColumn<PathKind>("kind");
    QTest::addColumn<Action>("away");
    QTest::addColumn<Action>("back"); // empty: the path exists after the first action
    const auto add = [](const char *tag, const Action &away, const Action &back) {
        QTest::addRow("%s, directory", tag) << PathKind::Directory << away << back;
        QTest::addRow("%s, file", tag) << PathKind::File << away << back;
    };
    const auto makeAgain = [] {
        SystemCalls::makePath(keys);
        SystemCalls::write(keys + "/alice.key");
    };
    const auto away = [] { SystemCalls::rename(keys, base + "/away"); };
    const auto exchange = [] {
        SystemCalls::makePath(base + "/other");
        SystemCalls::must(::renameat2(AT_FDCWD, keys.constData(), AT_FDCWD,
                                      (base + "/other").constData(), RENAME_EXCHANGE)
                          == 0);
    };
    add("renamed away and back", away, [] { SystemCalls::rename(base + "/away", keys); });
    add("renamed away and made again", away, makeAgain);
    add(
        "deleted and made again", [] { SystemCalls::removeTree(keys); }, makeAgain);
    add("deleted and made again at once",
        [=] {
            SystemCalls::removeTree(keys);
            makeAgain();
        },
        {});
    add("exchanged for another", exchange, {});
    add("replaced by another at once",
        [=] {
            away();
            makeAgain();
        },
        {});
    add(
        "replaced by a file",
        [=] {
            away();
            SystemCalls::write(keys);
        },
        [] {
            SystemCalls::remove(keys);
            SystemCalls::rename(base + "/away", keys);
        });
    add("replaced by a link",
        [=] {
            away();
            SystemCalls::link(base + "/away", keys);
        },
        {});
    add(
        "parent deleted and made again", [] { SystemCalls::removeTree(base + "/top/parent"); },
        makeAgain);
    add(
        "parent's parent deleted and made again", [] { SystemCalls::removeTree(base + "/top"); },
        makeAgain);
    add("parent deleted and made again at once",
        [=] {
            SystemCalls::removeTree(base + "/top/parent");
            makeAgain();
        },
        {});
    add(
        "parent renamed away and back",
        [] { SystemCalls::rename(base + "/top/parent", base + "/away"); },
        [] { SystemCalls::rename(base + "/away", base + "/top/parent"); });
    add(
        "parent's parent renamed away and back",
        [] { SystemCalls::rename(base + "/top", base + "/away"); },
        [] { SystemCalls::rename(base + "/away", base + "/top"); });
    add(
        "parent's parent renamed away and made again",
        [] { SystemCalls::rename(base + "/top", base + "/away"); }, makeAgain);
    add("permissions of the directory", [] { SystemCalls::setMode(keys, 0750); }, {});
}

void tst_PathWatcherRoutes::followsThePath()
{
    QFETCH(const PathKind, kind);
    QFETCH(const Action, away);
    QFETCH(const Action, back);
    const QByteArray file = keys + "/alice.key";
    WatchLog log(*watch(kind == PathKind::File ? file : keys, kind));
    // An open descriptor keeps the directory in existence after it is deleted.
    const FileDescriptor user(::open(keys.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    QVERIFY(user.isValid());
    for (const Action &change : {away, back}) {
        if (!change)
            continue;
        change();
        QTRY_VERIFY(log.everything);
        log.clear();
    }
    // All previous events have been read; later ones are delivered.
    SystemCalls::write(file, "again");
    QTRY_VERIFY(log.names.contains("alice.key"));
    QVERIFY(!log.hasBoth);
}

void tst_PathWatcherRoutes::followsADirectoryThatAppears()
{
    const QByteArray path = base + "/a/b/c";
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        WatchLog log(*watch(kind == PathKind::File ? path + "/x.key" : path, kind));
        SystemCalls::makePath(path);
        QTRY_VERIFY(log.everything);
        log.clear();
        SystemCalls::write(path + "/x.key");
        QTRY_VERIFY(log.names.contains("x.key"));
        SystemCalls::removeTree(base + "/a");
        QTRY_VERIFY(log.everything);
    }
}

void tst_PathWatcherRoutes::followsSwitchedLinks_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<PathKind>("kind");
    const auto row = [](const char *tag, const QByteArray &path, PathKind kind) {
        QTest::newRow(tag) << path << kind;
    };
    row("directory", "current", PathKind::Directory);
    row("directory by two links", "second", PathKind::Directory);
    row("directory by an absolute link", "absolute", PathKind::Directory);
    row("directory with a slash", "current/", PathKind::Directory);
    row("directory above", "links/../current", PathKind::Directory);
    row("file in it", "current/x.key", PathKind::File);
    row("file by a link", "links/x.key", PathKind::File);
    row("file by two links", "links/y.key", PathKind::File);
}

// All paths lead through the link "current", which is switched.
void tst_PathWatcherRoutes::followsSwitchedLinks()
{
    QFETCH(const QByteArray, path);
    QFETCH(const PathKind, kind);
    for (const QByteArray version : {"/v1", "/v2", "/v3"}) {
        SystemCalls::makePath(base + version);
        SystemCalls::write(base + version + "/x.key");
    }
    SystemCalls::makePath(base + "/links");
    SystemCalls::link("v1", base + "/current");
    SystemCalls::link("./current", base + "/second");
    SystemCalls::link(base + "/current", base + "/absolute");
    SystemCalls::link("../current/x.key", base + "/links/x.key");
    SystemCalls::link("x.key", base + "/links/y.key");

    const QByteArray name =
        kind == PathKind::File ? path.sliced(path.lastIndexOf('/') + 1) : QByteArray("x.key");
    WatchLog log(*watch(base + '/' + path, kind));
    // An open descriptor keeps the link in existence after it is replaced.
    const FileDescriptor user(
        ::open((base + "/current").constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    QVERIFY(user.isValid());
    const auto seesOnly = [&](const QByteArray &version, const QByteArrayList &others) {
        for (const QByteArray &other : others)
            SystemCalls::write(base + other + "/x.key", "not this");
        SystemCalls::write(base + version + "/x.key", "this");
        if (!QTest::qWaitFor([&] { return log.signalCount > 0; }))
            return false;
        const bool result = log.names == Names({name}) && !log.everything;
        log.clear();
        return result;
    };
    QVERIFY(seesOnly("/v1", {}));

    SystemCalls::link("v2", base + "/tmp");
    SystemCalls::rename(base + "/tmp", base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    QVERIFY(seesOnly("/v2", {"/v1"}));

    SystemCalls::remove(base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    SystemCalls::link(base + "/v3", base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    QVERIFY(seesOnly("/v3", {"/v1", "/v2"}));
}

void tst_PathWatcherRoutes::followsLinksThatWereLoops()
{
    SystemCalls::link("b", base + "/a");
    SystemCalls::link("a", base + "/b");
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        WatchLog log(*watch(base + "/a", kind));
        SystemCalls::remove(base + "/b");
        QTRY_VERIFY(log.everything);
        log.clear();
        SystemCalls::makePath(base + "/b");
        QTRY_VERIFY(log.signalCount > 0);
        SystemCalls::must(::rmdir((base + "/b").constData()) == 0);
        SystemCalls::link("a", base + "/b");
    }
    for (int i = 0; i < 60; ++i)
        SystemCalls::link(QByteArray::number(i + 1), base + '/' + QByteArray::number(i));
    WatchLog log(*watch(base + "/0"));
    SystemCalls::remove(base + "/5");
    QTRY_VERIFY(log.everything);
}

// The links are switched in the way Kubernetes switches a volume.
void tst_PathWatcherRoutes::followsLinksOfKubernetes()
{
    SystemCalls::makePath(keys + "/..1");
    SystemCalls::makePath(keys + "/..2");
    SystemCalls::link("..1", keys + "/..data");
    SystemCalls::write(keys + "/..1/x.key");
    SystemCalls::write(keys + "/..2/x.key");
    SystemCalls::link("..data/x.key", keys + "/x.key");
    PathWatcher fileWatcher(QFile::decodeName(keys + "/x.key"), PathKind::File);
    WatchLog fileLog(fileWatcher);
    WatchLog log(*watch(keys));
    SystemCalls::link("..2", keys + "/..data_tmp");
    SystemCalls::rename(keys + "/..data_tmp", keys + "/..data");
    QTRY_VERIFY(log.everything);
    QVERIFY(log.names.isEmpty());
    QTRY_VERIFY(fileLog.everything);
    fileLog.clear();
    SystemCalls::removeTree(keys + "/..1");
    SystemCalls::write(keys + "/..2/x.key");
    QTRY_COMPARE(fileLog.names, Names({"x.key"}));
    QVERIFY(!fileLog.everything);
}

// No event reports a mount, so lookAgain() has to find it.
void tst_PathWatcherRoutes::findsMountsWhenItLooksAgain()
{
    SystemCalls::makePath(base + "/other");
    PathWatcher *const watcher = watch(keys);
    WatchLog log(*watcher);
    if (::mount((base + "/other").constData(), keys.constData(), nullptr, MS_BIND, nullptr) != 0)
        QSKIP("Nothing can be mounted here");
    auto unmount = qScopeGuard([] { (void)::umount2(keys.constData(), MNT_DETACH); });
    watcher->lookAgain();
    QTRY_VERIFY(log.everything);
    log.clear();
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    SystemCalls::must(::umount2(keys.constData(), MNT_DETACH) == 0);
    unmount.dismiss();
    watcher->lookAgain();
    QTRY_VERIFY(log.everything);
    // Without a further change, lookAgain() reports nothing.
    log.clear();
    watcher->lookAgain();
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    QVERIFY(!log.everything);
}

void tst_PathWatcherRoutes::followsDirectoriesThatCannotBeRead_data()
{
    QTest::addColumn<PathKind>("kind");
    QTest::addColumn<QByteArray>("directory");

    const auto add = [](const char *tag, const QByteArray &directory) {
        QTest::addRow("%s, directory", tag) << PathKind::Directory << directory;
        QTest::addRow("%s, file", tag) << PathKind::File << directory;
    };
    add("parent", "/top/parent");
    add("parent's parent", "/top");
}

// A directory that can be entered, but not read, cannot be watched.
void tst_PathWatcherRoutes::followsDirectoriesThatCannotBeRead()
{
    QFETCH(const PathKind, kind);
    QFETCH(const QByteArray, directory);

    SystemCalls::setMode(base, 0755);
    SystemCalls::setMode(base + directory, unreadableMode());
    const auto readable = qScopeGuard([&] { (void)::chmod((base + directory).constData(), 0755); });
    PathWatcher *watcher = nullptr;
    {
        const SomebodyElse somebodyElse;
        watcher = watch(kind == PathKind::File ? keys + "/alice.key" : keys, kind);
    }
    QVERIFY(!watcher->isBlind());
    WatchLog log(*watcher);
    SystemCalls::rename(base + directory, base + "/away");
    QTRY_VERIFY(log.everything);
    SystemCalls::rename(base + "/away", base + directory);
}

// If two directories, one in the other, cannot be read, no event reports that the latter is
// renamed.
void tst_PathWatcherRoutes::reportsDirectoriesThatCannotBeRead()
{
    SystemCalls::setMode(base, 0755);
    SystemCalls::setMode(base + "/top/parent", unreadableMode());
    SystemCalls::setMode(base + "/top", unreadableMode());
    const auto readable = qScopeGuard([] {
        (void)::chmod((base + "/top").constData(), 0755);
        (void)::chmod((base + "/top/parent").constData(), 0755);
    });
    std::unique_ptr<PathWatcher> watcher;
    {
        const SomebodyElse somebodyElse;
        watcher = std::make_unique<PathWatcher>(QFile::decodeName(keys), PathKind::Directory);
    }
    QVERIFY(watcher->isBlind());
    QSignalSpy failed(watcher.get(), &PathWatcher::failed);
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(failed.constFirst().constFirst().toString().contains(u"permission denied"_s));
    // The renaming of the other one is reported.
    WatchLog log(*watcher);
    SystemCalls::rename(base + "/top", base + "/away");
    QTRY_VERIFY(log.everything);
    SystemCalls::rename(base + "/away", base + "/top");
}

QTEST_GUILESS_MAIN(tst_PathWatcherRoutes)
#include "tst_pathwatcherroutes.moc"
