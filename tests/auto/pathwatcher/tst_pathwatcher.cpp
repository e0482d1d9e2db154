// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/pathwatcher.h"

#include "base/filedescriptor.h"
#include "pathwatchertest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_PathWatcher : public PathWatcherTest
{
    Q_OBJECT

private Q_SLOTS:
    void directoryReportsNames_data() { changes(); }
    void directoryReportsNames();
    void fileReportsItself_data() { changes(); }
    void fileReportsItself();
    void reportsNamesThatAreNotText();
    void reportsNothingInitially();
    void doesNotReportReading();
    void reportsOpenFiles_data();
    void reportsOpenFiles();
    void reportsWhetherTheFileIsOpen();
    void reportsFilesOpenByAnotherName();
    void reportsManyAtOnce();
    void reportsDuringContinuousChanges();
    void ignoresTemporaryFiles();
    void reportsEverythingForHiddenFiles();

private:
    static void changes();
};

// Adds rows with changes of one file.
void tst_PathWatcher::changes()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<Action>("change");
    QTest::addColumn<bool>("isRoute"); // the change affects the path to the file
    const auto row = [](const char *tag, const QByteArray &name, const Action &change,
                        bool isRoute = false) { QTest::newRow(tag) << name << change << isRoute; };
    const auto path = [](const QByteArray &name) { return keys + '/' + name; };
    row("added", "new.key", [=] { SystemCalls::write(path("new.key")); });
    row("added, empty", "new.key", [=] { SystemCalls::write(path("new.key"), {}); });
    row("added with a name beyond ASCII", "Andr\u00e9.key",
        [=] { SystemCalls::write(path("Andr\u00e9.key")); });
    row("replaced by a rename", "alice.key", [=] {
        SystemCalls::write(base + "/other");
        SystemCalls::rename(base + "/other", path("alice.key"));
    });
    row("moved away", "alice.key",
        [=] { SystemCalls::rename(path("alice.key"), base + "/other"); });
    row("edited in place", "alice.key", [=] { SystemCalls::write(path("alice.key"), "other", 0); });
    row("appended to", "alice.key",
        [=] { SystemCalls::write(path("alice.key"), "more", O_APPEND); });
    row("truncated and rewritten", "alice.key",
        [=] { SystemCalls::write(path("alice.key"), "new"); });
    row("truncated", "alice.key", [=] { SystemCalls::write(path("alice.key"), {}); });
    row("removed", "alice.key", [=] { SystemCalls::remove(path("alice.key")); });
    row("removed and added", "alice.key", [=] {
        SystemCalls::remove(path("alice.key"));
        SystemCalls::write(path("alice.key"));
    });
    row("hard link", "new.key", [=] {
        SystemCalls::write(base + "/other");
        SystemCalls::hardLink((base + "/other"), path("new.key"));
    });
    row("hard link that is the only one", "new.key", [=] {
        SystemCalls::write(base + "/other");
        SystemCalls::hardLink((base + "/other"), path("new.key"));
        SystemCalls::remove(base + "/other");
    });
    row(
        "symbolic link", "new.key", [=] { SystemCalls::link(base + "/other", path("new.key")); },
        true);
    row(
        "symbolic link replaced", "link.key",
        [=] {
            SystemCalls::link(base + "/2", base + "/other");
            SystemCalls::rename(base + "/other", path("link.key"));
        },
        true);
    row("permissions", "alice.key", [=] { SystemCalls::setMode(path("alice.key"), 0644); });
    row("directory", "new.key", [=] { SystemCalls::makePath(path("new.key")); });
    row("fifo", "new.key", [=] { SystemCalls::makeFifo(path("new.key")); });
}

void tst_PathWatcher::directoryReportsNames()
{
    QFETCH(const QByteArray, name);
    QFETCH(const Action, change);
    WatchLog log(*watch(keys));
    for (int i = 0; i < 2; ++i) {
        if (i == 0)
            change();
        else
            SystemCalls::write(keys + "/other.key");
        QTRY_VERIFY(log.signalCount > 0);
        QCOMPARE(log.names, Names({i == 0 ? name : "other.key"}));
        QVERIFY(!log.everything);
        log.clear();
    }
}

void tst_PathWatcher::fileReportsItself()
{
    QFETCH(const QByteArray, name);
    QFETCH(const Action, change);
    QFETCH(const bool, isRoute);
    WatchLog log(*watch(keys + '/' + name, PathKind::File));
    SystemCalls::write(keys + "/bob.key", "not asked for");
    change();
    SystemCalls::write(keys + "/carol.key", "nor this");
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, isRoute ? Names() : Names({name}));
    QCOMPARE(log.everything, isRoute);
}

// A QString cannot represent such names, for example those in Latin-1.
void tst_PathWatcher::reportsNamesThatAreNotText()
{
    const QByteArray name = "Andr\xe9.key";
    WatchLog log(*watch(keys));
    SystemCalls::write(keys + '/' + name);
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({name}));
    SystemCalls::remove(keys + '/' + name); // QTemporaryDir cannot remove it
}

void tst_PathWatcher::reportsNothingInitially()
{
    SystemCalls::write(keys + "/before");
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        WatchLog log(*watch(kind == PathKind::File ? keys + "/sentinel" : keys, kind));
        writeSentinel();
        QTRY_VERIFY(log.signalCount > 0);
        QCOMPARE(log.names, Names({"sentinel"}));
        QVERIFY(!log.everything);
    }
}

void tst_PathWatcher::doesNotReportReading()
{
    WatchLog log(*watch(keys));
    QFile file(QFile::decodeName(keys + "/alice.key"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "contents");
    file.close();
    QVERIFY(QDir(QFile::decodeName(keys)).entryList().contains(u"alice.key"_s));
    writeSentinel();
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({"sentinel"}));
    QVERIFY(!log.everything);
}

void tst_PathWatcher::reportsOpenFiles_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("flags");
    QTest::addColumn<bool>("isMode"); // the permissions are set before the file is closed
    QTest::newRow("new") << QByteArray("new.key") << (O_CREAT | O_EXCL) << false;
    QTest::newRow("new, with permissions") << QByteArray("new.key") << (O_CREAT | O_EXCL) << true;
    QTest::newRow("hidden") << QByteArray(".new.key") << (O_CREAT | O_EXCL) << false;
    QTest::newRow("truncated") << QByteArray("alice.key") << O_TRUNC << false;
    QTest::newRow("truncated, with permissions") << QByteArray("alice.key") << O_TRUNC << true;
    QTest::newRow("appended to") << QByteArray("alice.key") << O_APPEND << false;
}

void tst_PathWatcher::reportsOpenFiles()
{
    QFETCH(const QByteArray, name);
    QFETCH(const int, flags);
    QFETCH(const bool, isMode);
    WatchLog log(*watch(keys));
    FileDescriptor file(
        ::open((keys + '/' + name).constData(), O_WRONLY | O_CLOEXEC | flags, 0600));
    QVERIFY(file.isValid());
    // A hidden file is not read, so it is not reported as open, but only when it is complete.
    const bool isHidden = name.startsWith('.');
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(::write(file.get(), "half", 4), 4);
        if (isMode)
            QCOMPARE(::fchmod(file.get(), i == 0 ? 0640 : 0644), 0);
        writeSentinel();
        QTRY_VERIFY(log.names.contains("sentinel"));
        if (!isHidden)
            QTRY_VERIFY(log.names.contains(name));
        QCOMPARE(log.names, isHidden ? Names({"sentinel"}) : Names({"sentinel", name}));
        QCOMPARE(log.open, isHidden ? Names() : Names({name}));
        QVERIFY(!log.everything);
        log.clear();
    }
    file.reset();
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, isHidden ? Names() : Names({name}));
    QCOMPARE(log.open, Names());
    QCOMPARE(log.everything, isHidden);
}

void tst_PathWatcher::reportsWhetherTheFileIsOpen()
{
    WatchLog log(*watch(keys + "/new.key", PathKind::File));
    FileDescriptor file(
        ::open((keys + "/new.key").constData(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    QVERIFY(file.isValid());
    QCOMPARE(::write(file.get(), "half", 4), 4);
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({"new.key"}));
    QCOMPARE(log.open, Names({"new.key"}));
    log.clear();
    file.reset();
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({"new.key"}));
    QCOMPARE(log.open, Names());
    QVERIFY(!log.everything);
}

// The file is closed by a name outside the directory, which causes no event here.
void tst_PathWatcher::reportsFilesOpenByAnotherName()
{
    const QByteArray other = base + "/other";
    const FileDescriptor file(::open(other.constData(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    QVERIFY(file.isValid());
    WatchLog log(*watch(keys));
    SystemCalls::hardLink(other, (keys + "/new.key"));
    QTRY_COMPARE(log.names, Names({"new.key"}));
}

void tst_PathWatcher::reportsManyAtOnce()
{
    WatchLog log(*watch(keys));
    Names names;
    for (int i = 0; i < 300; ++i) {
        const QByteArray name = QByteArray::number(i) + ".key";
        SystemCalls::write(keys + '/' + name);
        names.insert(name);
    }
    QTRY_COMPARE(log.names, names);
    QVERIFY(log.signalCount < 10);
    QVERIFY(!log.everything);
}

void tst_PathWatcher::reportsDuringContinuousChanges()
{
    WatchLog log(*watch(keys));
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [] { SystemCalls::write(keys + "/alice.key"); });
    timer.start(5);
    QTRY_VERIFY(log.signalCount > 2);
    QCOMPARE(log.names, Names({"alice.key"}));
    QVERIFY(!log.everything);
}

// Reading all files again whenever one is replaced atomically would be expensive.
void tst_PathWatcher::ignoresTemporaryFiles()
{
    WatchLog log(*watch(keys));
    SystemCalls::write(keys + "/.alice.key.tmp");
    SystemCalls::rename(keys + "/.alice.key.tmp", keys + "/alice.key");
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({"alice.key"}));
    QVERIFY(!log.everything);
}

void tst_PathWatcher::reportsEverythingForHiddenFiles()
{
    SystemCalls::write(keys + "/.there");
    WatchLog log(*watch(keys));
    const QList<Action> changes = {[] {
                                       SystemCalls::write(keys + "/alice.key"); // included
                                       SystemCalls::write(keys + "/.there", "edited", 0);
                                   },
                                   [] { SystemCalls::write(keys + "/.new"); },
                                   [] { SystemCalls::remove(keys + "/.new"); },
                                   [] { SystemCalls::remove(keys + "/.there"); },
                                   [] { SystemCalls::link("alice.key", keys + "/.link"); },
                                   [] { SystemCalls::remove(keys + "/.link"); }};
    for (const Action &change : changes) {
        change();
        QTRY_VERIFY(log.everything);
        QVERIFY(log.names.isEmpty());
        log.clear();
    }
}

QTEST_GUILESS_MAIN(tst_PathWatcher)
#include "tst_pathwatcher.moc"
