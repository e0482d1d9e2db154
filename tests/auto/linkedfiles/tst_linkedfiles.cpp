// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/filedescriptor.h"
#include "credentials/watching/filesystemwatch.h"
#include "credentials/watching/pathwatcher.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <functional>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Names = NameSet;
using Action = std::function<void()>;
Q_DECLARE_METATYPE(Action)

namespace {

void must(bool succeeded)
{
    if (!succeeded)
        qFatal("%s", qPrintable(qt_error_string(errno)));
}

// All following paths are relative to the current directory.
void write(const QByteArray &path, const QByteArray &contents = "contents", int flags = O_TRUNC)
{
    const FileDescriptor file(
        ::open(path.constData(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600));
    must(file.isValid());
    must(::write(file.get(), contents.constData(), static_cast<size_t>(contents.size()))
         == contents.size());
}

void makeLink(const QByteArray &target, const QByteArray &path)
{
    must(::symlink(target.constData(), path.constData()) == 0);
}

void swapLink(const QByteArray &target, const QByteArray &path)
{
    makeLink(target, path + "_tmp");
    must(::rename((path + "_tmp").constData(), path.constData()) == 0);
}

void replace(const QByteArray &path)
{
    write(path + ".new");
    must(::rename((path + ".new").constData(), path.constData()) == 0);
}

void removeFile(const QByteArray &path)
{
    must(::unlink(path.constData()) == 0);
}

void makePath(const QByteArray &path)
{
    must(QDir().mkpath(QFile::decodeName(path)));
}

} // namespace

// Changes of the targets of links in a directory, and of its files by other names.
class tst_LinkedFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void changes_data();
    void changes();
    void aFileByAnotherName();
    void otherBackendSeesChanges_data();
    void otherBackendSeesChanges();
    void severalInTurn();
    void reportsOpenFiles();
    void watchesOnlyFollowedFiles();
    void reportsNewlyFollowedFilesOnce();
    void watchesAtMostAThousand();
    void usesNoDescriptorOfItsOwn();
    void reportsSilentTargets();

private:
    // Creates the layout of a row, in which keys/alice.key is the link.
    void make(const QByteArray &layout);

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_before;
};

void tst_LinkedFiles::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    m_before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(m_directory->path()));
    makePath("keys");
    write("keys/bob.key");
}

void tst_LinkedFiles::cleanup()
{
    QVERIFY(QDir::setCurrent(m_before));
    m_directory.reset();
}

void tst_LinkedFiles::make(const QByteArray &layout)
{
    makePath("store/1");
    makePath("store/2");
    write("store/1/alice");
    write("store/2/alice");
    if (layout == "link") {
        makeLink("../store/1/alice", "keys/alice.key");
    } else if (layout == "absolute") {
        makeLink(QFile::encodeName(QDir::currentPath()) + "/store/1/alice", "keys/alice.key");
    } else if (layout == "chain") {
        makePath("etc");
        makeLink("../etc/alice", "keys/alice.key");
        makeLink("../store/1/alice", "etc/alice");
    } else if (layout == "directory") {
        makeLink("1", "store/current");
        makeLink("../store/current/alice", "keys/alice.key");
    } else if (layout == "inside") {
        write("keys/.alice");
        makeLink(".alice", "keys/alice.key");
    } else if (layout == "nowhere") {
        makeLink("../store/3/alice", "keys/alice.key");
    } else if (layout == "name") {
        must(::link("store/1/alice", "keys/alice.key") == 0);
    } else {
        qFatal("no such layout");
    }
}

void tst_LinkedFiles::changes_data()
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
        targetRow("edited", [] { write("store/1/alice", "other"); });
        targetRow("appended to", [] { write("store/1/alice", "more", O_APPEND); });
        targetRow("truncated", [] { must(::truncate("store/1/alice", 0) == 0); });
        targetRow("replaced", [] { replace("store/1/alice"); });
        targetRow("removed", [] { removeFile("store/1/alice"); });
        targetRow("closed to readers", [] { must(::chmod("store/1/alice", 0) == 0); });
        targetRow("renamed", [] { must(::rename("store/1/alice", "store/1/bob") == 0); });
        targetRow("with its directory renamed", [] { must(::rename("store/1", "store/3") == 0); });
        targetRow("with the one above renamed", [] { must(::rename("store", "shop") == 0); });
    }
    row("middle link removed", "chain", [] { removeFile("etc/alice"); });
    row("middle link swapped", "chain", [] { swapLink("../store/2/alice", "etc/alice"); });
    row("middle directory removed", "chain", [] {
        removeFile("etc/alice");
        must(::rmdir("etc") == 0);
    });
    row("directory link removed", "directory", [] { removeFile("store/current"); });
    row("directory link swapped", "directory", [] { swapLink("2", "store/current"); });
    row("target appears", "nowhere", [] {
        makePath("store/3");
        write("store/3/alice");
    });
    row("hidden target edited", "inside", [] { write("keys/.alice", "other"); });
    row("hidden target truncated", "inside", [] { must(::truncate("keys/.alice", 0) == 0); });
    row("edited by another name", "name", [] { write("store/1/alice", "other"); });
    row("appended to by another name", "name", [] { write("store/1/alice", "more", O_APPEND); });
    row("truncated by another name", "name", [] { must(::truncate("store/1/alice", 0) == 0); });
    row("closed by another name", "name", [] { must(::chmod("store/1/alice", 0) == 0); });
}

void tst_LinkedFiles::changes()
{
    QFETCH(const QByteArray, layout);
    QFETCH(const Action, action);

    make(layout);
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1); // since it is followed now
    settled.clear();
    action();
    QTRY_VERIFY(settled.count() > 0);
    const bool isEverything = settled.constFirst().at(1).toBool();
    QVERIFY(isEverything || settled.constFirst().at(0).value<Names>().contains("alice.key"));
    QVERIFY(!watcher.isBlind());
}

void tst_LinkedFiles::aFileByAnotherName()
{
    write("list");
    must(::link("list", "other") == 0);
    PathWatcher watcher(u"list"_s, PathKind::File);
    watcher.follow({"list"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    write("other", "new");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"list"}));
}

void tst_LinkedFiles::otherBackendSeesChanges_data()
{
    QTest::addColumn<QByteArray>("layout");
    QTest::addColumn<Action>("action");

    for (const char *const layout : {"link", "absolute", "chain", "directory", "name"}) {
        QTest::addRow("%s: target edited", layout)
            << QByteArray(layout) << Action([] { write("store/1/alice", "other"); });
        QTest::addRow("%s: target truncated", layout)
            << QByteArray(layout) << Action([] { must(::truncate("store/1/alice", 0) == 0); });
    }
}

void tst_LinkedFiles::otherBackendSeesChanges()
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

// The watches follow the current path.
void tst_LinkedFiles::severalInTurn()
{
    make("directory");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    watcher.follow({"alice.key"});
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_COMPARE(settled.count(), 1);
    const QList<Action> actions = {
        [] { swapLink("2", "store/current"); },
        [] { write("store/2/alice", "other"); },
        [] { replace("store/2/alice"); },
        [] { write("store/2/alice", "more", O_APPEND); },
        [] { removeFile("store/current"); },
        [] { makeLink("1", "store/current"); },
        [] { write("store/1/alice", "more", O_APPEND); },
        [] { must(::rename("store", "shop") == 0); },
        [] { must(::rename("shop", "store") == 0); },
        [] { must(::truncate("store/1/alice", 0) == 0); },
        [] { swapLink("../store/2/alice", "keys/alice.key"); },
    };
    for (const Action &action : actions) {
        settled.clear();
        action();
        QTRY_VERIFY(settled.count() > 0);
        QVERIFY(settled.constFirst().at(0).value<Names>().contains("alice.key"));
    }
    // The previous target is no longer watched.
    settled.clear();
    write("store/1/alice", "old");
    write("keys/sentinel");
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
    write("store/1/alice", "other");
    write("keys/sentinel");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"sentinel"}));
}

// It may have changed since it was loaded; one report is enough.
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
    write("keys/sentinel");
    QTRY_COMPARE(settled.count(), 2);
    QCOMPARE(settled.last().at(0).value<Names>(), Names({"sentinel"}));
}

void tst_LinkedFiles::watchesAtMostAThousand()
{
    makePath("store");
    Names names;
    for (int i = 0; i < 1025; ++i) {
        const QByteArray name = QByteArray::number(10'000 + i) + ".key";
        write("store/" + name);
        makeLink("../store/" + name, "keys/" + name);
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
    // With one fewer, all are watched.
    const QByteArray left = *names.cbegin();
    names.remove(left);
    watcher.follow(names);
    settled.clear();
    for (const QByteArray &name : std::as_const(names))
        write("store/" + name, "other");
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
    makeLink("/proc/self/status", "keys/alice.key");
    PathWatcher watcher(u"keys"_s, PathKind::Directory);
    QVERIFY(!watcher.isBlind());
    watcher.follow({"alice.key"});
    QVERIFY(watcher.isBlind());
    watcher.follow({});
    QVERIFY(!watcher.isBlind());
}

QTEST_GUILESS_MAIN(tst_LinkedFiles)
#include "tst_linkedfiles.moc"
