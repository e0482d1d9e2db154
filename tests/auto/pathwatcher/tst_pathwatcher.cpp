// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/filedescriptor.h"
#include "credentials/watching/filesystemwatch.h"
#include "credentials/watching/inotify.h"
#include "credentials/watching/pathwatcher.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <iterator>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Names = NameSet;
using Action = std::function<void()>;
Q_DECLARE_METATYPE(Action)
Q_DECLARE_METATYPE(PathKind)

namespace {

// Everything that a watcher has reported since the log was cleared.
struct Log
{
    explicit Log(PathWatcher &watcher)
    {
        QObject::connect(&watcher, &PathWatcher::settled, &context,
                         [this](const Names &changed, bool all, const Names &openNames) {
                             ++signalCount;
                             names.unite(changed);
                             everything = everything || all;
                             hasBoth = hasBoth || (all && !changed.isEmpty());
                             open = openNames;
                         });
    }
    void clear()
    {
        signalCount = 0;
        names.clear();
        everything = false;
    }

    int signalCount = 0;
    Names names;
    bool everything = false;
    bool hasBoth = false;
    Names open; // as of the last signal
    QObject context;
};

void must(bool succeeded)
{
    if (!succeeded)
        qFatal("%s", qPrintable(qt_error_string(errno)));
}

void write(const QByteArray &path, const QByteArray &contents = "contents",
           int flags = O_CREAT | O_TRUNC)
{
    const FileDescriptor file(::open(path.constData(), O_WRONLY | O_CLOEXEC | flags, 0600));
    must(file.isValid());
    must(::write(file.get(), contents.constData(), static_cast<size_t>(contents.size()))
         == contents.size());
}

void link(const QByteArray &target, const QByteArray &path)
{
    must(::symlink(target.constData(), path.constData()) == 0);
}

void rename(const QByteArray &from, const QByteArray &to)
{
    must(::rename(from.constData(), to.constData()) == 0);
}

void unlink(const QByteArray &path)
{
    must(::unlink(path.constData()) == 0);
}

void chmod(const QByteArray &path, mode_t mode)
{
    must(::chmod(path.constData(), mode) == 0);
}

void makePath(const QByteArray &path)
{
    must(QDir().mkpath(QFile::decodeName(path)));
}

void removeTree(const QByteArray &path)
{
    must(QDir(QFile::decodeName(path)).removeRecursively());
}

// The inotify descriptors of this process.
QList<int> inotifyDescriptors()
{
    QList<int> result;
    const QStringList entries =
        QDir(u"/proc/self/fd"_s).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System);
    for (const QString &entry : entries) {
        char target[64] = {};
        const QByteArray path = "/proc/self/fd/" + entry.toLatin1();
        if (::readlink(path.constData(), target, sizeof target - 1) > 0
            && QByteArray(target).contains("inotify"))
            result.append(entry.toInt());
    }
    return result;
}

qsizetype watchesOf(int descriptor)
{
    QFile info(u"/proc/self/fdinfo/%1"_s.arg(descriptor));
    must(info.open(QIODevice::ReadOnly));
    return info.readAll().count("inotify wd:");
}

// Returns how often the event loop woke up.
int wakeUpsWhile(int milliseconds)
{
    int wakeUps = 0;
    QEventLoop loop;
    QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
                     [&wakeUps] { ++wakeUps; });
    QTimer::singleShot(milliseconds, Qt::CoarseTimer, &loop, &QEventLoop::quit);
    loop.exec();
    return wakeUps;
}

// Lets inotify_add_watch(2) fail in this thread, for good.
bool refuseWatches(int error)
{
    const auto jump = static_cast<quint16>(BPF_JMP | BPF_JEQ | BPF_K);
    const auto ret = static_cast<quint16>(BPF_RET | BPF_K);
    sock_filter filter[] = {
        BPF_STMT(static_cast<quint16>(BPF_LD | BPF_W | BPF_ABS), offsetof(seccomp_data, nr)),
        BPF_JUMP(jump, SYS_inotify_add_watch, 0, 1),
        BPF_STMT(ret, SECCOMP_RET_ERRNO | static_cast<quint32>(error)),
        BPF_STMT(ret, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
           && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

class tst_PathWatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

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

    void followsThePath_data();
    void followsThePath();
    void startsWithoutTheDirectory();
    void followsLinks_data();
    void followsLinks();
    void survivesLoops();
    void noticesHiddenLinks();
    void ignoresTemporaryFiles();
    void noticesHiddenFiles();

    void reportsAnOverflow();
    void readsAPartAtATime();
    void parsesEvents();
    void usesOneDescriptor();
    void sleepsWhenIdle();
    void survivesDeletionInItsSlot();
    void movesToAThread();
    void reportsThatNoInstanceIsLeft();
    void reportsMissingPermission();
    void reportsRefusedWatches_data();
    void reportsRefusedWatches();
    void findsWhatIsMounted();

    void otherBackendSeesChanges();

private:
    static void changes();
    PathWatcher *watch(const QByteArray &path, PathKind kind = PathKind::Directory);
    // Once this is reported, everything before has been reported.
    static void writeSentinel() { write(keys + "/sentinel"); }

    inline static QByteArray base;
    inline static QByteArray keys;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<PathWatcher> m_watcher;
};

void tst_PathWatcher::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    base = QFile::encodeName(QDir(m_directory->path()).canonicalPath());
    keys = base + "/top/parent/keys";
    makePath(keys);
    for (const QByteArray name : {"/alice.key", "/bob.key"})
        write(keys + name);
    link(base + "/1", keys + "/link.key");
}

void tst_PathWatcher::cleanup()
{
    m_watcher.reset();
    m_directory.reset();
}

PathWatcher *tst_PathWatcher::watch(const QByteArray &path, PathKind kind)
{
    m_watcher = std::make_unique<PathWatcher>(QFile::decodeName(path), kind);
    connect(m_watcher.get(), &PathWatcher::failed, m_watcher.get(),
            [](const QString &reason) { QFAIL(qPrintable(reason)); });
    return m_watcher.get();
}

// Changes of one file.
void tst_PathWatcher::changes()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<Action>("change");
    QTest::addColumn<bool>("isRoute"); // the file's own path leads elsewhere
    const auto row = [](const char *tag, const QByteArray &name, const Action &change,
                        bool isRoute = false) { QTest::newRow(tag) << name << change << isRoute; };
    const auto path = [](const QByteArray &name) { return keys + '/' + name; };
    row("added", "new.key", [=] { write(path("new.key")); });
    row("added, empty", "new.key", [=] { write(path("new.key"), {}); });
    row("added with a name beyond ASCII", "Andr\u00e9.key", [=] { write(path("Andr\u00e9.key")); });
    row("replaced by a rename", "alice.key", [=] {
        write(base + "/other");
        rename(base + "/other", path("alice.key"));
    });
    row("moved away", "alice.key", [=] { rename(path("alice.key"), base + "/other"); });
    row("edited in place", "alice.key", [=] { write(path("alice.key"), "other", 0); });
    row("appended to", "alice.key", [=] { write(path("alice.key"), "more", O_APPEND); });
    row("truncated and rewritten", "alice.key", [=] { write(path("alice.key"), "new"); });
    row("truncated", "alice.key", [=] { write(path("alice.key"), {}); });
    row("removed", "alice.key", [=] { unlink(path("alice.key")); });
    row("removed and added", "alice.key", [=] {
        unlink(path("alice.key"));
        write(path("alice.key"));
    });
    row("hard link", "new.key", [=] {
        write(base + "/other");
        must(::link((base + "/other").constData(), path("new.key").constData()) == 0);
    });
    row("hard link that is the only one", "new.key", [=] {
        write(base + "/other");
        must(::link((base + "/other").constData(), path("new.key").constData()) == 0);
        unlink(base + "/other");
    });
    row(
        "symbolic link", "new.key", [=] { link(base + "/other", path("new.key")); }, true);
    row(
        "symbolic link replaced", "link.key",
        [=] {
            link(base + "/2", base + "/other");
            rename(base + "/other", path("link.key"));
        },
        true);
    row("permissions", "alice.key", [=] { chmod(path("alice.key"), 0644); });
    row("directory", "new.key", [=] { makePath(path("new.key")); });
    row("fifo", "new.key", [=] { must(::mkfifo(path("new.key").constData(), 0600) == 0); });
}

void tst_PathWatcher::directoryReportsNames()
{
    QFETCH(const QByteArray, name);
    QFETCH(const Action, change);
    Log log(*watch(keys));
    for (int i = 0; i < 2; ++i) {
        if (i == 0)
            change();
        else
            write(keys + "/other.key");
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
    Log log(*watch(keys + '/' + name, PathKind::File));
    write(keys + "/bob.key", "not asked for");
    change();
    write(keys + "/carol.key", "nor this");
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, isRoute ? Names() : Names({name}));
    QCOMPARE(log.everything, isRoute);
}

// Such as names in Latin-1, which a QString cannot represent.
void tst_PathWatcher::reportsNamesThatAreNotText()
{
    const QByteArray name = "Andr\xe9.key";
    Log log(*watch(keys));
    write(keys + '/' + name);
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({name}));
    unlink(keys + '/' + name); // QTemporaryDir cannot
}

void tst_PathWatcher::reportsNothingInitially()
{
    write(keys + "/before");
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        Log log(*watch(kind == PathKind::File ? keys + "/sentinel" : keys, kind));
        writeSentinel();
        QTRY_VERIFY(log.signalCount > 0);
        QCOMPARE(log.names, Names({"sentinel"}));
        QVERIFY(!log.everything);
    }
}

void tst_PathWatcher::doesNotReportReading()
{
    Log log(*watch(keys));
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
    QTest::addColumn<bool>("isMode"); // its permissions are set before it is closed
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
    Log log(*watch(keys));
    FileDescriptor file(
        ::open((keys + '/' + name).constData(), O_WRONLY | O_CLOEXEC | flags, 0600));
    QVERIFY(file.isValid());
    // A hidden file is not read by that name; it is reported when it is complete.
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
    Log log(*watch(keys + "/new.key", PathKind::File));
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

// It is closed by another name, for which there is no event here.
void tst_PathWatcher::reportsFilesOpenByAnotherName()
{
    const QByteArray other = base + "/other";
    const FileDescriptor file(::open(other.constData(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    QVERIFY(file.isValid());
    Log log(*watch(keys));
    must(::link(other.constData(), (keys + "/new.key").constData()) == 0);
    QTRY_COMPARE(log.names, Names({"new.key"}));
}

void tst_PathWatcher::reportsManyAtOnce()
{
    Log log(*watch(keys));
    Names names;
    for (int i = 0; i < 300; ++i) {
        const QByteArray name = QByteArray::number(i) + ".key";
        write(keys + '/' + name);
        names.insert(name);
    }
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, names);
    QCOMPARE(log.signalCount, 1);
    QVERIFY(!log.everything);
}

void tst_PathWatcher::reportsDuringContinuousChanges()
{
    Log log(*watch(keys));
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [] { write(keys + "/alice.key"); });
    timer.start(5);
    QTRY_VERIFY(log.signalCount > 2);
    QCOMPARE(log.names, Names({"alice.key"}));
    QVERIFY(!log.everything);
}

void tst_PathWatcher::followsThePath_data()
{
    QTest::addColumn<PathKind>("kind");
    QTest::addColumn<Action>("away");
    QTest::addColumn<Action>("back"); // empty: it is there again, or never was away
    const auto add = [](const char *tag, const Action &away, const Action &back) {
        QTest::addRow("%s, directory", tag) << PathKind::Directory << away << back;
        QTest::addRow("%s, file", tag) << PathKind::File << away << back;
    };
    const auto makeAgain = [] {
        makePath(keys);
        write(keys + "/alice.key");
    };
    const auto away = [] { rename(keys, base + "/away"); };
    const auto exchange = [] {
        makePath(base + "/other");
        must(::renameat2(AT_FDCWD, keys.constData(), AT_FDCWD, (base + "/other").constData(),
                         RENAME_EXCHANGE)
             == 0);
    };
    add("renamed away and back", away, [] { rename(base + "/away", keys); });
    add("renamed away and made again", away, makeAgain);
    add(
        "deleted and made again", [] { removeTree(keys); }, makeAgain);
    add("deleted and made again at once",
        [=] {
            removeTree(keys);
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
            write(keys);
        },
        [] {
            unlink(keys);
            rename(base + "/away", keys);
        });
    add("replaced by a link",
        [=] {
            away();
            link(base + "/away", keys);
        },
        {});
    add(
        "parent deleted and made again", [] { removeTree(base + "/top/parent"); }, makeAgain);
    add(
        "parent's parent deleted and made again", [] { removeTree(base + "/top"); }, makeAgain);
    add("parent deleted and made again at once",
        [=] {
            removeTree(base + "/top/parent");
            makeAgain();
        },
        {});
    add(
        "parent renamed away and back", [] { rename(base + "/top/parent", base + "/away"); },
        [] { rename(base + "/away", base + "/top/parent"); });
    add(
        "parent's parent renamed away and back", [] { rename(base + "/top", base + "/away"); },
        [] { rename(base + "/away", base + "/top"); });
    add(
        "parent's parent renamed away and made again",
        [] { rename(base + "/top", base + "/away"); }, makeAgain);
    add("permissions of the directory", [] { chmod(keys, 0750); }, {});
}

void tst_PathWatcher::followsThePath()
{
    QFETCH(const PathKind, kind);
    QFETCH(const Action, away);
    QFETCH(const Action, back);
    const QByteArray file = keys + "/alice.key";
    Log log(*watch(kind == PathKind::File ? file : keys, kind));
    // A user, so that it continues to exist after it was deleted.
    const FileDescriptor user(::open(keys.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    QVERIFY(user.isValid());
    for (const Action &change : {away, back}) {
        if (!change)
            continue;
        change();
        QTRY_VERIFY(log.everything);
        log.clear();
    }
    // Everything until now has been read; later events are delivered.
    write(file, "again");
    QTRY_VERIFY(log.names.contains("alice.key"));
    QVERIFY(!log.hasBoth);
}

void tst_PathWatcher::startsWithoutTheDirectory()
{
    const QByteArray path = base + "/a/b/c";
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        Log log(*watch(kind == PathKind::File ? path + "/x.key" : path, kind));
        makePath(path);
        QTRY_VERIFY(log.everything);
        log.clear();
        write(path + "/x.key");
        QTRY_VERIFY(log.names.contains("x.key"));
        removeTree(base + "/a");
        QTRY_VERIFY(log.everything);
    }
}

void tst_PathWatcher::followsLinks_data()
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
void tst_PathWatcher::followsLinks()
{
    QFETCH(const QByteArray, path);
    QFETCH(const PathKind, kind);
    for (const QByteArray version : {"/v1", "/v2", "/v3"}) {
        makePath(base + version);
        write(base + version + "/x.key");
    }
    makePath(base + "/links");
    link("v1", base + "/current");
    link("./current", base + "/second");
    link(base + "/current", base + "/absolute");
    link("../current/x.key", base + "/links/x.key");
    link("x.key", base + "/links/y.key");

    const QByteArray name =
        kind == PathKind::File ? path.sliced(path.lastIndexOf('/') + 1) : QByteArray("x.key");
    Log log(*watch(base + '/' + path, kind));
    // A user of the link, so that it continues to exist after it was replaced.
    const FileDescriptor user(
        ::open((base + "/current").constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    QVERIFY(user.isValid());
    const auto seesOnly = [&](const QByteArray &version, const QByteArrayList &others) {
        for (const QByteArray &other : others)
            write(base + other + "/x.key", "not this");
        write(base + version + "/x.key", "this");
        if (!QTest::qWaitFor([&] { return log.signalCount > 0; }))
            return false;
        const bool result = log.names == Names({name}) && !log.everything;
        log.clear();
        return result;
    };
    QVERIFY(seesOnly("/v1", {}));

    link("v2", base + "/tmp");
    rename(base + "/tmp", base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    QVERIFY(seesOnly("/v2", {"/v1"}));

    unlink(base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    link(base + "/v3", base + "/current");
    QTRY_VERIFY(log.everything);
    log.clear();
    QVERIFY(seesOnly("/v3", {"/v1", "/v2"}));
}

void tst_PathWatcher::survivesLoops()
{
    link("b", base + "/a");
    link("a", base + "/b");
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        Log log(*watch(base + "/a", kind));
        unlink(base + "/b");
        QTRY_VERIFY(log.everything);
        log.clear();
        makePath(base + "/b");
        QTRY_VERIFY(log.signalCount > 0);
        must(::rmdir((base + "/b").constData()) == 0);
        link("a", base + "/b");
    }
    for (int i = 0; i < 60; ++i)
        link(QByteArray::number(i + 1), base + '/' + QByteArray::number(i));
    Log log(*watch(base + "/0"));
    unlink(base + "/5");
    QTRY_VERIFY(log.everything);
}

// The way Kubernetes switches a volume.
void tst_PathWatcher::noticesHiddenLinks()
{
    makePath(keys + "/..1");
    makePath(keys + "/..2");
    link("..1", keys + "/..data");
    write(keys + "/..1/x.key");
    write(keys + "/..2/x.key");
    link("..data/x.key", keys + "/x.key");
    PathWatcher fileWatcher(QFile::decodeName(keys + "/x.key"), PathKind::File);
    Log fileLog(fileWatcher);
    Log log(*watch(keys));
    link("..2", keys + "/..data_tmp");
    rename(keys + "/..data_tmp", keys + "/..data");
    QTRY_VERIFY(log.everything);
    QVERIFY(log.names.isEmpty());
    QTRY_VERIFY(fileLog.everything);
    fileLog.clear();
    removeTree(keys + "/..1");
    write(keys + "/..2/x.key");
    QTRY_COMPARE(fileLog.names, Names({"x.key"}));
    QVERIFY(!fileLog.everything);
}

// A rescan of everything for each atomically replaced file would be expensive.
void tst_PathWatcher::ignoresTemporaryFiles()
{
    Log log(*watch(keys));
    write(keys + "/.alice.key.tmp");
    rename(keys + "/.alice.key.tmp", keys + "/alice.key");
    QTRY_VERIFY(log.signalCount > 0);
    QCOMPARE(log.names, Names({"alice.key"}));
    QVERIFY(!log.everything);
}

void tst_PathWatcher::noticesHiddenFiles()
{
    write(keys + "/.there");
    Log log(*watch(keys));
    const QList<Action> changes = {[] {
                                       write(keys + "/alice.key"); // among everything
                                       write(keys + "/.there", "edited", 0);
                                   },
                                   [] { write(keys + "/.new"); },
                                   [] { unlink(keys + "/.new"); },
                                   [] { unlink(keys + "/.there"); },
                                   [] { link("alice.key", keys + "/.link"); },
                                   [] { unlink(keys + "/.link"); }};
    for (const Action &change : changes) {
        change();
        QTRY_VERIFY(log.everything);
        QVERIFY(log.names.isEmpty());
        log.clear();
    }
}

void tst_PathWatcher::reportsAnOverflow()
{
    QFile file(u"/proc/sys/fs/inotify/max_queued_events"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const int limit = file.readAll().trimmed().toInt();
    if (limit > 2'000'000)
        QSKIP("The queue is too long here to be filled.");
    Log log(*watch(keys));
    // Alternating, since inotify merges equal consecutive events.
    for (int i = 0; i < limit + 2; ++i)
        chmod(keys + (i % 2 == 0 ? "/alice.key" : "/bob.key"), 0600);
    write(keys + "/lost.key");
    QTRY_VERIFY(log.everything);
    log.clear();
    QTRY_VERIFY((write(keys + "/carol.key"), log.names.contains("carol.key")));
}

void tst_PathWatcher::readsAPartAtATime()
{
    Inotify inotify;
    QVERIFY(inotify.isValid());
    QVERIFY(inotify.add(keys, IN_CREATE) >= 0);
    constexpr qsizetype Files = 1000;
    for (qsizetype i = 0; i < Files; ++i)
        link("x", keys + '/' + QByteArray(200, 'x') + QByteArray::number(i));
    qsizetype events = 0;
    qsizetype turns = 0;
    for (qsizetype before = -1; before != events; ++turns) {
        before = events;
        inotify.read([&](const Inotify::Event &) { ++events; });
    }
    QCOMPARE(events, Files);
    QVERIFY(turns > Files * 200 / Inotify::ReadSize);
}

void tst_PathWatcher::parsesEvents()
{
    const auto bytes = [](int watch, quint32 mask, const QByteArray &padded) {
        inotify_event header = {};
        header.wd = watch;
        header.mask = mask;
        header.len = static_cast<quint32>(padded.size());
        return QByteArray(reinterpret_cast<const char *>(&header), sizeof header) + padded;
    };
    const auto parse = [](QByteArrayView buffer) {
        QByteArrayList result;
        Inotify::parse(buffer, [&](const Inotify::Event &event) {
            result.append(QByteArray::number(event.watch) + ' ' + QByteArray::number(event.mask)
                          + ' ' + event.name.toByteArray());
        });
        return result;
    };
    const QByteArray all = bytes(1, IN_CREATE, QByteArray("a.key\0\0\0", 8))
                           + bytes(2, IN_DELETE, {}) + bytes(-1, IN_Q_OVERFLOW, {})
                           + bytes(3, IN_ATTRIB, "full");
    const QByteArrayList expected = {"1 256 a.key", "2 512 ", "-1 16384 ", "3 4 full"};
    QCOMPARE(parse(all), expected);
    QCOMPARE(parse({}), QByteArrayList());
    // Incomplete events are ignored.
    for (qsizetype size = 0; size < all.size(); ++size) {
        const QByteArray part = all.first(size); // at its own end, for a sanitizer to see
        const QByteArrayList parsed = parse(part);
        QCOMPARE(parsed, expected.first(parsed.size()));
        QVERIFY(parsed.size() < expected.size());
    }
}

void tst_PathWatcher::usesOneDescriptor()
{
    for (int i = 0; i < 200; ++i)
        write(keys + '/' + QByteArray::number(i) + ".key");
    // They are closed in another thread, including those of earlier tests.
    QTRY_COMPARE(inotifyDescriptors(), QList<int>());
    Log log(*watch(keys));
    QCOMPARE(inotifyDescriptors().size(), 1);
    const int descriptor = inotifyDescriptors().constFirst();
    QVERIFY((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    QVERIFY((::fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    const qsizetype watches = watchesOf(descriptor);
    QCOMPARE(watches, keys.count('/')); // the directory and those above it, but the root
    // They do not accumulate.
    for (int i = 0; i < 3; ++i) {
        rename(keys, base + "/away");
        QTRY_VERIFY(log.everything);
        log.clear();
        QCOMPARE(watchesOf(descriptor), watches - 1);
        rename(base + "/away", keys);
        QTRY_VERIFY(log.everything);
        log.clear();
        QCOMPARE(watchesOf(descriptor), watches);
    }
    m_watcher.reset();
    QTRY_COMPARE(inotifyDescriptors(), QList<int>());
}

void tst_PathWatcher::sleepsWhenIdle()
{
    Log log(*watch(keys));
    // One wake-up is the timer that ends it; a descriptor that stays readable would cause
    // thousands.
    QVERIFY(wakeUpsWhile(100) < 10);
    QCOMPARE(log.signalCount, 0);
    const FileDescriptor unfinished(
        ::open((keys + "/new.key").constData(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    QVERIFY(unfinished.isValid());
    writeSentinel();
    QTRY_VERIFY(log.signalCount > 0);
    QVERIFY(wakeUpsWhile(300) < 10);
}

void tst_PathWatcher::survivesDeletionInItsSlot()
{
    const QPointer<PathWatcher> watcher(watch(keys));
    connect(watcher, &PathWatcher::settled, this, [this] { m_watcher.reset(); });
    writeSentinel();
    QTRY_VERIFY(!watcher);
    // Moved while it waits.
    watch(keys);
    writeSentinel();
    QCoreApplication::processEvents();
    m_watcher.reset();
    QCoreApplication::processEvents();
}

void tst_PathWatcher::movesToAThread()
{
    QThread thread;
    auto *parent = new QObject;
    auto *watcher = new PathWatcher(QFile::decodeName(keys), PathKind::Directory, parent);
    QAtomicInt inThread;
    connect(watcher, &PathWatcher::settled, watcher, [&] {
        if (QThread::currentThread() == &thread)
            inThread.ref();
    });
    Log log(*watcher);
    // Pending while it is moved.
    write(keys + "/early");
    QCoreApplication::processEvents();
    parent->moveToThread(&thread);
    thread.start();
    QTRY_VERIFY(log.names.contains("early"));
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    QCOMPARE(inThread.loadAcquire(), log.signalCount);
    connect(&thread, &QThread::finished, parent, &QObject::deleteLater);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_PathWatcher::reportsThatNoInstanceIsLeft()
{
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlimit none = limit;
    none.rlim_cur = 0;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
    auto watcher = std::make_unique<PathWatcher>(QFile::decodeName(keys), PathKind::Directory);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    QSignalSpy failed(watcher.get(), &PathWatcher::failed);
    QTRY_COMPARE(failed.count(), 1);
    const QString reason = failed.constFirst().constFirst().toString();
    QVERIFY2(reason.startsWith(QFile::decodeName(keys) + ": "_L1), qPrintable(reason));
    QVERIFY2(reason.contains("fs.inotify.max_user_instances"_L1), qPrintable(reason));
    // It continues without a descriptor, and watches as soon as it can. Changes of the meantime are
    // unknown.
    QSignalSpy settled(watcher.get(), &PathWatcher::settled);
    QVERIFY(wakeUpsWhile(50) < 10);
    QTRY_COMPARE(settled.count(), 1);
    QVERIFY(settled.constFirst().at(1).toBool());
    writeSentinel();
    QTRY_VERIFY(settled.count() > 1);
    QCOMPARE(failed.count(), 1);
}

void tst_PathWatcher::reportsMissingPermission()
{
    const uid_t user = ::geteuid();
    for (const QByteArray &path : {base, base + "/top", base + "/top/parent"})
        chmod(path, 0755);
    chmod(keys, 0);
    // Root can read everything.
    if (user == 0)
        QCOMPARE(::seteuid(65534), 0);
    PathWatcher watcher(QFile::decodeName(keys), PathKind::Directory);
    QSignalSpy failed(&watcher, &PathWatcher::failed);
    Log log(watcher);
    const auto restore = qScopeGuard([user] { must(::seteuid(user) == 0); });
    QTRY_COMPARE(failed.count(), 1);
    const QString reason = failed.constFirst().constFirst().toString();
    QVERIFY2(reason.contains("permission denied"_L1), qPrintable(reason));
    const auto chmodAsOwner = [user](mode_t mode) {
        const uid_t now = ::geteuid();
        must(::seteuid(user) == 0);
        chmod(keys, mode);
        must(::seteuid(now) == 0);
    };
    chmodAsOwner(0755);
    QTRY_VERIFY(log.everything);
    log.clear();
    QCOMPARE(::seteuid(user), 0);
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    QCOMPARE(failed.count(), 1);
}

void tst_PathWatcher::reportsRefusedWatches_data()
{
    QTest::addColumn<int>("error");
    QTest::newRow("EPERM") << EPERM;
    QTest::newRow("ENOSYS") << ENOSYS;
    QTest::newRow("EIO") << EIO;
}

// A sandbox may refuse watches, with any error.
void tst_PathWatcher::reportsRefusedWatches()
{
    QFETCH(const int, error);
    bool isFiltered = false;
    bool isBlind = false;
    QStringList reasons;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        isFiltered = refuseWatches(error); // of this thread, which ends
        if (!isFiltered)
            return;
        PathWatcher watcher(QFile::decodeName(keys), PathKind::Directory);
        isBlind = watcher.isBlind();
        connect(&watcher, &PathWatcher::failed, &watcher,
                [&](const QString &reason) { reasons += reason; });
        QCoreApplication::sendPostedEvents();
    }));
    thread->start();
    QVERIFY(thread->wait());
    if (!isFiltered)
        QSKIP("System calls cannot be filtered here");
    QVERIFY(isBlind);
    QCOMPARE(reasons.size(), 1);
    QVERIFY2(reasons.constFirst().endsWith(qt_error_string(error)),
             qPrintable(reasons.constFirst()));
}

// No event reports a mount.
void tst_PathWatcher::findsWhatIsMounted()
{
    makePath(base + "/other");
    PathWatcher *const watcher = watch(keys);
    Log log(*watcher);
    if (::mount((base + "/other").constData(), keys.constData(), nullptr, MS_BIND, nullptr) != 0)
        QSKIP("Nothing can be mounted here");
    auto unmount = qScopeGuard([] { (void)::umount2(keys.constData(), MNT_DETACH); });
    watcher->lookAgain();
    QTRY_VERIFY(log.everything);
    log.clear();
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    must(::umount2(keys.constData(), MNT_DETACH) == 0);
    unmount.dismiss();
    watcher->lookAgain();
    QTRY_VERIFY(log.everything);
    // Nothing is new.
    log.clear();
    watcher->lookAgain();
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    QVERIFY(!log.everything);
}

void tst_PathWatcher::otherBackendSeesChanges()
{
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        QObject owner;
        int changes = 0;
        FileSystemWatch fileSystemWatch(
            QFile::decodeName(kind == PathKind::File ? keys + "/alice.key" : keys), kind, &owner,
            {[&] { ++changes; }, [](const QString &reason) { QFAIL(qPrintable(reason)); }});
        QVERIFY(fileSystemWatch.takeChanges().isEmpty());
        const QList<Action> actions = {
            [=] { unlink(keys + "/alice.key"); },
            [=] { write(keys + "/alice.key"); },
            [=] { removeTree(base + "/top/parent"); },
            [=] { makePath(base + "/top/parent"); },
            [=] { makePath(keys); },
            [=] { write(keys + "/alice.key"); },
        };
        for (const Action &action : actions) {
            changes = 0;
            action();
            QTRY_VERIFY(changes > 0);
            // Reads all events: pending ones would be counted for the next test.
            do {
                changes = 0;
                QCoreApplication::processEvents();
            } while (changes > 0);
            QVERIFY(fileSystemWatch.takeChanges().everything);
            QVERIFY(fileSystemWatch.takeChanges().isEmpty());
        }
    }
}

QTEST_GUILESS_MAIN(tst_PathWatcher)
#include "tst_pathwatcher.moc"
