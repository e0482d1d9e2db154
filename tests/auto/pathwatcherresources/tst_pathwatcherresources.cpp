// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/filedescriptor.h"
#include "descriptorlimit.h"
#include "pathwatchertest.h"
#include "somebodyelse.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qatomic.h>
#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// Returns the inotify descriptors of this process.
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
    SystemCalls::must(info.open(QIODevice::ReadOnly));
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

// Makes inotify_add_watch(2) fail in this thread permanently.
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

// Tests what a PathWatcher needs from the system and its thread, and what happens without it.
class tst_PathWatcherResources : public PathWatcherTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsAnOverflow();
    void usesOneDescriptor();
    void sleepsWhenIdle();
    void survivesDeletionInItsSlot();
    void movesToAThread();
    void reportsThatNoInstanceIsLeft();
    void reportsMissingPermission();
    void reportsRefusedWatches_data();
    void reportsRefusedWatches();
};

void tst_PathWatcherResources::reportsAnOverflow()
{
    QFile file(u"/proc/sys/fs/inotify/max_queued_events"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const int limit = file.readAll().trimmed().toInt();
    if (limit > 2'000'000)
        QSKIP("The queue is too long here to be filled.");
    WatchLog log(*watch(keys));
    // The events alternate, since inotify merges equal consecutive events.
    for (int i = 0; i < limit + 2; ++i)
        SystemCalls::setMode(keys + (i % 2 == 0 ? "/alice.key" : "/bob.key"), 0600);
    SystemCalls::write(keys + "/lost.key");
    QTRY_VERIFY(log.everything);
    log.clear();
    QTRY_VERIFY((SystemCalls::write(keys + "/carol.key"), log.names.contains("carol.key")));
}

void tst_PathWatcherResources::usesOneDescriptor()
{
    for (int i = 0; i < 200; ++i)
        SystemCalls::write(keys + '/' + QByteArray::number(i) + ".key");
    // They are closed in another thread, including those of earlier tests.
    QTRY_COMPARE(inotifyDescriptors(), QList<int>());
    WatchLog log(*watch(keys));
    QCOMPARE(inotifyDescriptors().size(), 1);
    const int descriptor = inotifyDescriptors().constFirst();
    QVERIFY((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    QVERIFY((::fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    const qsizetype watches = watchesOf(descriptor);
    QCOMPARE(watches, keys.count('/')); // the directory and its parents except the root
    // The watches do not accumulate.
    for (int i = 0; i < 3; ++i) {
        SystemCalls::rename(keys, base + "/away");
        QTRY_VERIFY(log.everything);
        log.clear();
        QCOMPARE(watchesOf(descriptor), watches - 1);
        SystemCalls::rename(base + "/away", keys);
        QTRY_VERIFY(log.everything);
        log.clear();
        QCOMPARE(watchesOf(descriptor), watches);
    }
    stopWatching();
    QTRY_COMPARE(inotifyDescriptors(), QList<int>());
}

void tst_PathWatcherResources::sleepsWhenIdle()
{
    WatchLog log(*watch(keys));
    // One wake-up is caused by the timer that ends the measurement; a descriptor that remains
    // readable would cause thousands.
    QVERIFY(wakeUpsWhile(100) < 10);
    QCOMPARE(log.signalCount, 0);
    const FileDescriptor unfinished(
        ::open((keys + "/new.key").constData(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    QVERIFY(unfinished.isValid());
    writeSentinel();
    QTRY_VERIFY(log.signalCount > 0);
    QVERIFY(wakeUpsWhile(300) < 10);
}

void tst_PathWatcherResources::survivesDeletionInItsSlot()
{
    const QPointer<PathWatcher> watcher(watch(keys));
    connect(watcher, &PathWatcher::settled, this, [this] { stopWatching(); });
    writeSentinel();
    QTRY_VERIFY(!watcher);
    // The watcher can be destroyed while a report is pending, too.
    watch(keys);
    writeSentinel();
    QCoreApplication::processEvents();
    stopWatching();
    QCoreApplication::processEvents();
}

void tst_PathWatcherResources::movesToAThread()
{
    QThread thread;
    auto *parent = new QObject;
    auto *watcher = new PathWatcher(QFile::decodeName(keys), PathKind::Directory, parent);
    QAtomicInt inThread;
    connect(watcher, &PathWatcher::settled, watcher, [&] {
        if (QThread::currentThread() == &thread)
            inThread.ref();
    });
    WatchLog log(*watcher);
    // This change is pending while the watcher is moved.
    SystemCalls::write(keys + "/early");
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

void tst_PathWatcherResources::reportsThatNoInstanceIsLeft()
{
    std::unique_ptr<PathWatcher> watcher;
    {
        const DescriptorLimit none(0);
        watcher = std::make_unique<PathWatcher>(QFile::decodeName(keys), PathKind::Directory);
    }
    QSignalSpy failed(watcher.get(), &PathWatcher::failed);
    QTRY_COMPARE(failed.count(), 1);
    const QString reason = failed.constFirst().constFirst().toString();
    QVERIFY2(reason.startsWith(QFile::decodeName(keys) + ": "_L1), qPrintable(reason));
    QVERIFY2(reason.contains("fs.inotify.max_user_instances"_L1), qPrintable(reason));
    // The watcher works without a descriptor, and starts to watch as soon as one is available.
    // Changes until then are unknown.
    QSignalSpy settled(watcher.get(), &PathWatcher::settled);
    QVERIFY(wakeUpsWhile(50) < 10);
    QTRY_COMPARE(settled.count(), 1);
    QVERIFY(settled.constFirst().at(1).toBool());
    writeSentinel();
    QTRY_VERIFY(settled.count() > 1);
    QCOMPARE(failed.count(), 1);
}

void tst_PathWatcherResources::reportsMissingPermission()
{
    for (const QByteArray &path : {base + "/top", base + "/top/parent"})
        SystemCalls::setMode(path, 0755);
    SystemCalls::setMode(keys, 0);
    std::optional<SomebodyElse> somebodyElse(std::in_place);
    PathWatcher watcher(QFile::decodeName(keys), PathKind::Directory);
    QSignalSpy failed(&watcher, &PathWatcher::failed);
    WatchLog log(watcher);
    QTRY_COMPARE(failed.count(), 1);
    const QString reason = failed.constFirst().constFirst().toString();
    QVERIFY2(reason.contains("permission denied"_L1), qPrintable(reason));
    somebodyElse.reset();
    SystemCalls::setMode(keys, 0755);
    somebodyElse.emplace();
    QTRY_VERIFY(log.everything);
    log.clear();
    somebodyElse.reset();
    writeSentinel();
    QTRY_VERIFY(log.names.contains("sentinel"));
    QCOMPARE(failed.count(), 1);
}

void tst_PathWatcherResources::reportsRefusedWatches_data()
{
    QTest::addColumn<int>("error");
    QTest::newRow("EPERM") << EPERM;
    QTest::newRow("ENOSYS") << ENOSYS;
    QTest::newRow("EIO") << EIO;
}

// A sandbox may refuse watches with any error.
void tst_PathWatcherResources::reportsRefusedWatches()
{
    QFETCH(const int, error);
    bool isFiltered = false;
    bool isBlind = false;
    QStringList reasons;
    const std::unique_ptr<QThread> thread(QThread::create([&] {
        isFiltered = refuseWatches(error); // in this thread, which then ends
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

QTEST_GUILESS_MAIN(tst_PathWatcherResources)
#include "tst_pathwatcherresources.moc"
