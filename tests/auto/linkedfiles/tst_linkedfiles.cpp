// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/filedescriptor.h"
#include "credentials/watching/filesystemwatch.h"
#include "credentials/watching/pathwatcher.h"
#include "filetest.h"
#include "somebodyelse.h"
#include "systemcalls.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Names = NameSet;
using Action = std::function<void()>;
Q_DECLARE_METATYPE(Action)

// Tests changes of the targets of links in a directory, and changes of its files through other
// names.
class tst_LinkedFiles : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void seesChangesOfTargets_data();
    void seesChangesOfTargets();
    void seesChangesByAnotherName();
    void otherBackendSeesChangesOfTargets_data();
    void otherBackendSeesChangesOfTargets();
    void followsALinkThroughManyChanges();
    void reportsOpenFiles();
    void watchesOnlyFollowedFiles();
    void reportsNewlyFollowedFilesOnce();
    void watchesAtMost1024Files();
    void usesNoDescriptorOfItsOwn();
    void reportsSilentTargets();
    void seesRenamedDirectoriesThatCannotBeRead_data();
    void seesRenamedDirectoriesThatCannotBeRead();
    void findsMountsWhenItLooksAgain();

private:
    // All paths are relative to the directory of the test.
    void init() override;
    void cleanup() override;
    // Creates the layout of a row, in which keys/alice.key is the link.
    void make(const QByteArray &layout);

    QString m_before;
};

void tst_LinkedFiles::init()
{
    FileTest::init();
    m_before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(path()));
    SystemCalls::makePath("keys");
    SystemCalls::write("keys/bob.key");
}

void tst_LinkedFiles::cleanup()
{
    QVERIFY(QDir::setCurrent(m_before));
    FileTest::cleanup();
}

void tst_LinkedFiles::make(const QByteArray &layout)
{
    SystemCalls::makePath("store/1");
    SystemCalls::makePath("store/2");
    SystemCalls::write("store/1/alice");
    SystemCalls::write("store/2/alice");
    if (layout == "link") {
        SystemCalls::link("../store/1/alice", "keys/alice.key");
    } else if (layout == "absolute") {
        SystemCalls::link(QFile::encodeName(QDir::currentPath()) + "/store/1/alice",
                          "keys/alice.key");
    } else if (layout == "chain") {
        SystemCalls::makePath("etc");
        SystemCalls::link("../etc/alice", "keys/alice.key");
        SystemCalls::link("../store/1/alice", "etc/alice");
    } else if (layout == "directory") {
        SystemCalls::link("1", "store/current");
        SystemCalls::link("../store/current/alice", "keys/alice.key");
    } else if (layout == "inside") {
        SystemCalls::write("keys/.alice");
        SystemCalls::link(".alice", "keys/alice.key");
    } else if (layout == "nowhere") {
        SystemCalls::link("../store/3/alice", "keys/alice.key");
    } else if (layout == "name") {
        SystemCalls::hardLink("store/1/alice", "keys/alice.key");
    } else {
        qFatal("no such layout");
    }
}

void tst_LinkedFiles::seesChangesOfTargets_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addColumn<Action>("action");

    const auto row = [](const char *name, const char *layout, const Action &action) {
        QTest::newRow(name) << QByteArray(layout) << action;
    };
    for (const char *const layout : {"link", "absolute", "chain", "directory"}) {
        const auto targetRow = [&](const char *name, const Action &action) {
            QTest::addRow("%s: target %s", layout, name) << QByteArray(layout) << action;
        };
        targetRow("edited", [] { SystemCalls::write("store/1/alice", "other"); });
        targetRow("appended to", [] { SystemCalls::write("store/1/alice", "more", O_APPEND); });
        targetRow("truncated", [] { SystemCalls::truncate("store/1/alice"); });
        targetRow("replaced", [] { SystemCalls::replace("store/1/alice"); });
        targetRow("removed", [] { SystemCalls::remove("store/1/alice"); });
        targetRow("closed to readers", [] { SystemCalls::setMode("store/1/alice", 0); });
        targetRow("renamed", [] { SystemCalls::rename("store/1/alice", "store/1/bob"); });
        targetRow("with its directory renamed", [] { SystemCalls::rename("store/1", "store/3"); });
        targetRow("with the one above renamed", [] { SystemCalls::rename("store", "shop"); });
    }
    row("middle link removed", "chain", [] { SystemCalls::remove("etc/alice"); });
    row("middle link swapped", "chain",
        [] { SystemCalls::replaceLink("../store/2/alice", "etc/alice"); });
    row("middle directory removed", "chain", [] {
        SystemCalls::remove("etc/alice");
        SystemCalls::must(::rmdir("etc") == 0);
    });
    row("directory link removed", "directory", [] { SystemCalls::remove("store/current"); });
    row("directory link swapped", "directory",
        [] { SystemCalls::replaceLink("2", "store/current"); });
    row("target appears", "nowhere", [] {
        SystemCalls::makePath("store/3");
        SystemCalls::write("store/3/alice");
    });
    row("hidden target edited", "inside", [] { SystemCalls::write("keys/.alice", "other"); });
    row("hidden target truncated", "inside", [] { SystemCalls::truncate("keys/.alice"); });
    row("edited by another name", "name", [] { SystemCalls::write("store/1/alice", "other"); });
    row("appended to by another name", "name",
        [] { SystemCalls::write("store/1/alice", "more", O_APPEND); });
    row("truncated by another name", "name", [] { SystemCalls::truncate("store/1/alice"); });
    row("closed by another name", "name", [] { SystemCalls::setMode("store/1/alice", 0); });
}

void tst_LinkedFiles::seesChangesOfTargets()
{
    QFETCH(const QByteArray, layout);
    QFETCH(const Action, action);

    make(layout);
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1); // because the file is newly followed
    settled.clear();
    action();
    QTRY_VERIFY(settled.count() > 0);
    const bool isEverything = settled.constFirst().at(1).toBool();
    QVERIFY(isEverything || settled.constFirst().at(0).value<Names>().contains("alice.key"));
    QVERIFY(!watcher.isBlind());
}

void tst_LinkedFiles::seesChangesByAnotherName()
{
    SystemCalls::write("list");
    SystemCalls::hardLink("list", "other");
    PathWatcher watcher(u"list"_s, PathKind::File);
    watcher.follow({"list"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    SystemCalls::write("other", "new");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"list"}));
}

void tst_LinkedFiles::otherBackendSeesChangesOfTargets_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addColumn<Action>("action");

    for (const char *const layout : {"link", "absolute", "chain", "directory", "name"}) {
        QTest::addRow("%s: target edited", layout)
            << QByteArray(layout) << Action([] { SystemCalls::write("store/1/alice", "other"); });
        QTest::addRow("%s: target truncated", layout)
            << QByteArray(layout) << Action([] { SystemCalls::truncate("store/1/alice"); });
    }
}

void tst_LinkedFiles::otherBackendSeesChangesOfTargets()
{
    QFETCH(const QByteArray, layout);
    QFETCH(const Action, action);

    make(layout);
    PathWatcher watcher(
        u"keys"_s, PathKind::Directory, nullptr,
        [](const QString &path, PathKind kind, QObject *owner, WatchBackend::Listener listener) {
            return std::make_unique<FileSystemWatch>(path, kind, owner, std::move(listener));
        });
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    action();
    QTRY_COMPARE(settled.count(), 2);
    QVERIFY(settled.last().at(1).toBool());
}

// Each change of the current path is noticed, after any number of earlier changes.
void tst_LinkedFiles::followsALinkThroughManyChanges()
{
    make("directory");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    const QList<Action> actions = {
        [] { SystemCalls::replaceLink("2", "store/current"); },
        [] { SystemCalls::write("store/2/alice", "other"); },
        [] { SystemCalls::replace("store/2/alice"); },
        [] { SystemCalls::write("store/2/alice", "more", O_APPEND); },
        [] { SystemCalls::remove("store/current"); },
        [] { SystemCalls::link("1", "store/current"); },
        [] { SystemCalls::write("store/1/alice", "more", O_APPEND); },
        [] { SystemCalls::rename("store", "shop"); },
        [] { SystemCalls::rename("shop", "store"); },
        [] { SystemCalls::truncate("store/1/alice"); },
        [] { SystemCalls::replaceLink("../store/2/alice", "keys/alice.key"); },
    };
    for (const Action &action : actions) {
        settled.clear();
        action();
        QTRY_VERIFY(settled.count() > 0);
        QVERIFY(settled.constFirst().at(0).value<Names>().contains("alice.key"));
    }
    // The previous target is no longer watched.
    settled.clear();
    SystemCalls::write("store/1/alice", "old");
    SystemCalls::write("keys/sentinel");
    QTRY_VERIFY(settled.count() > 0);
    QCOMPARE(settled.constFirst().at(0).value<Names>(), Names({"sentinel"}));
}

void tst_LinkedFiles::reportsOpenFiles()
{
    make("chain");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    FileDescriptor file(::open("store/1/alice", O_WRONLY | O_TRUNC | O_CLOEXEC));
    QVERIFY(file.isValid());
    QCOMPARE(::write(file.get(), "half", 4), 4);
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"alice.key"}));
    QCOMPARE(settled.last().at(2).value<Names>(), Names({"alice.key"}));
    file.reset();
    QTRY_COMPARE(settled.count(), 3);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"alice.key"}));
    QCOMPARE(settled.last().at(2).value<Names>(), Names());
}

void tst_LinkedFiles::watchesOnlyFollowedFiles()
{
    make("link");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    watcher.follow({});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    SystemCalls::write("store/1/alice", "other");
    SystemCalls::write("keys/sentinel");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"sentinel"}));
}

// The file may have changed since it was loaded; one report is sufficient.
void tst_LinkedFiles::reportsNewlyFollowedFilesOnce()
{
    make("link");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    for (int i = 0; i < 3; ++i)
        watcher.follow({"alice.key"});
    QTRY_COMPARE(settled.count(), 1);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"alice.key"}));
    watcher.follow({"alice.key"});
    SystemCalls::write("keys/sentinel");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"sentinel"}));
}

void tst_LinkedFiles::watchesAtMost1024Files()
{
    SystemCalls::makePath("store");
    Names names;
    for (int i = 0; i < 1025; ++i) {
        const QByteArray name = QByteArray::number(10'000 + i) + ".key";
        SystemCalls::write("store/" + name);
        SystemCalls::link("../store/" + name, "keys/" + name);
        names.insert(name);
    }
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    QSignalSpy failed(&watcher, &PathWatcher::failed);
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    for (int i = 0; i < 3; ++i)
        watcher.follow(names);
    QTRY_COMPARE(settled.count(), 1);
    QCOMPARE(settled.last().at(0).value<Names>().size(), 1024);
    QCOMPARE(failed.count(), 1); // not once for each call
    QVERIFY(failed.constFirst().constFirst().toString().contains(u"1024"_s));
    // With one name fewer, all are watched.
    const QByteArray left = *names.cbegin();
    names.remove(left);
    watcher.follow(names);
    settled.clear();
    for (const QByteArray &name : std::as_const(names))
        SystemCalls::write("store/" + name, "other");
    Names reported;
    const auto collect = [&] {
        while (!settled.isEmpty())
            reported.unite(settled.takeFirst().at(0).value<Names>());
        return reported;
    };
    QTRY_COMPARE(collect().size(), names.size());
}

void tst_LinkedFiles::usesNoDescriptorOfItsOwn()
{
    const auto descriptors = [] {
        return QDir(u"/proc/self/fd"_s)
            .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
            .size();
    };
    make("link");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    const qsizetype before = descriptors();
    watcher.follow({"alice.key"});
    QCOMPARE(descriptors(), before);
    watcher.follow({});
    QCOMPARE(descriptors(), before);
}

void tst_LinkedFiles::reportsSilentTargets()
{
    SystemCalls::link("/proc/self/status", "keys/alice.key");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    QVERIFY(!watcher.isBlind());
    watcher.follow({"alice.key"});
    QVERIFY(watcher.isBlind());
    watcher.follow({});
    QVERIFY(!watcher.isBlind());
}

void tst_LinkedFiles::seesRenamedDirectoriesThatCannotBeRead_data()
{
    QTest::addColumn<QList<QByteArray>>("unreadable");
    QTest::addColumn<QByteArray>("renamed");

    QTest::newRow("first") << QList<QByteArray>({"a"}) << QByteArray("a");
    QTest::newRow("second") << QList<QByteArray>({"a/b"}) << QByteArray("a/b");
    QTest::newRow("third") << QList<QByteArray>({"a/b/c"}) << QByteArray("a/b/c");
    QTest::newRow("all") << QList<QByteArray>({"a/b/c", "a/b", "a"}) << QByteArray("a");
}

// A directory that can be entered, but not read, cannot be watched.
void tst_LinkedFiles::seesRenamedDirectoriesThatCannotBeRead()
{
    QFETCH(const QList<QByteArray>, unreadable);
    QFETCH(const QByteArray, renamed);

    SystemCalls::makePath("a/b/c");
    SystemCalls::write("a/b/c/alice");
    SystemCalls::link("../a/b/c/alice", "keys/alice.key");
    const mode_t mode = SomebodyElse::isAnotherUser() ? 0711 : 0311;
    SystemCalls::setMode(".", 0755);
    for (const QByteArray &directory : unreadable)
        SystemCalls::setMode(directory, mode);
    const auto readable = qScopeGuard([&] {
        for (auto directory = unreadable.crbegin(); directory != unreadable.crend(); ++directory)
            (void)::chmod(directory->constData(), 0755);
    });
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    {
        const SomebodyElse somebodyElse;
        watcher.follow({"alice.key"});
    }
    // If a directory and the one in it are not readable, no event reports that the latter is
    // renamed.
    QCOMPARE(watcher.isBlind(), unreadable.size() > 1);
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1); // because the file is newly followed
    SystemCalls::rename(renamed, "away");
    QTRY_COMPARE(settled.count(), 2);
    QVERIFY(settled.last().at(0).value<Names>().contains("alice.key"));
    SystemCalls::rename("away", renamed);
}

void tst_LinkedFiles::findsMountsWhenItLooksAgain()
{
    make("link");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1); // because the file is newly followed
    if (::mount("store/2", "store/1", nullptr, MS_BIND, nullptr) != 0)
        QSKIP("Nothing can be mounted here");
    const auto unmount = qScopeGuard([] { (void)::umount2("store/1", MNT_DETACH); });
    watcher.lookAgain();
    QTRY_COMPARE(settled.count(), 2);
    SystemCalls::write("store/2/alice", "other");
    QTRY_COMPARE(settled.count(), 3);
    QVERIFY(settled.last().at(0).value<Names>().contains("alice.key"));
    // Without a further change, lookAgain() reports nothing.
    watcher.lookAgain();
    SystemCalls::write("keys/sentinel");
    QTRY_COMPARE(settled.count(), 4);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"sentinel"}));
}

QTEST_GUILESS_MAIN(tst_LinkedFiles)
#include "tst_linkedfiles.moc"
