// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/repeatedreader.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/watching/pathwatcher.h"
#include "keydirectorytest.h"

#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <memory>
#include <optional>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Names = NameSet;
using TestClocks::Second;
Q_DECLARE_METATYPE(PathKind)

namespace {

// What the system calls do in this process.
std::optional<time_t> onlyTime; // of all files; directories do not change their size either
bool hasStableInodes = true;
bool failsLookups = false;
bool failsListings = false;
bool endsListings = true;

int answer(long result, struct stat *status)
{
    static ino_t lastInode = 0;
    if (result != 0)
        return -1;
    if (onlyTime) {
        status->st_atim = status->st_mtim = status->st_ctim = {*onlyTime, 0};
        if (S_ISDIR(status->st_mode))
            status->st_size = 0;
    }
    if (!hasStableInodes)
        status->st_ino = ++lastInode;
    return 0;
}

int look(int directory, const char *path, struct stat *status, int flags)
{
    return answer(::syscall(SYS_newfstatat, directory, path, status, flags), status);
}

} // namespace

extern "C" Q_DECL_EXPORT int stat(const char *path, struct stat *status) noexcept
{
    return look(AT_FDCWD, path, status, 0);
}

extern "C" Q_DECL_EXPORT int lstat(const char *path, struct stat *status) noexcept
{
    if (failsLookups) {
        errno = EIO;
        return -1;
    }
    return look(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

extern "C" Q_DECL_EXPORT int fstatat(int directory, const char *path, struct stat *status,
                                     int flags) noexcept
{
    return look(directory, path, status, flags);
}

extern "C" Q_DECL_EXPORT int fstat(int descriptor, struct stat *status) noexcept
{
    return look(descriptor, "", status, AT_EMPTY_PATH);
}

extern "C" Q_DECL_EXPORT dirent *readdir(DIR *stream)
{
    using Read = dirent *(*)(DIR *);
    static const auto read = reinterpret_cast<Read>(::dlsym(RTLD_NEXT, "readdir"));
    if (failsListings) {
        errno = EIO;
        return nullptr;
    }
    static dirent same = {};
    dirent *const entry = read(stream);
    if (endsListings)
        return entry;
    if (entry)
        same = *entry;
    return &same;
}

// Tests file systems that do not behave like those of disks, and those that fail for a while.
class tst_OddFileSystems : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void comparesContentsWithoutTimes();
    void readsFilesWithoutTimesAgain();
    void listsADirectoryWithoutTimesAgain();
    void listsADirectoryThatHasJustChangedAgain();
    void listsADirectoryAgainAfterAnError();
    void refusesListingsThatDoNotEnd();
    void readsFilesOfUnstableInodes();
    void watchesAgainAfterFailedLookups_data();
    void watchesAgainAfterFailedLookups();
    void followsLinksAgainAfterFailedLookups();

protected:
    void init() override;
    void cleanup() override;

private:
    std::unique_ptr<KeyDirectory> m_keys;
};

void tst_OddFileSystems::init()
{
    KeyDirectoryTest::init();
    m_keys = std::make_unique<KeyDirectory>(directory(), QStringList(), KeyFields(),
                                            TestClocks::later, TestClocks::steady);
}

void tst_OddFileSystems::cleanup()
{
    onlyTime.reset();
    hasStableInodes = true;
    failsLookups = false;
    failsListings = false;
    endsListings = true;
    m_keys.reset();
    KeyDirectoryTest::cleanup();
}

// The certificates of all keys have the same size.
void tst_OddFileSystems::comparesContentsWithoutTimes()
{
    onlyTime = 0;
    write("alice.key", certificateOf(1));
    QVERIFY(m_keys->load().keys->find(keyOf(1)));
    write("alice.key", certificateOf(2));
    const KeyLoad load = m_keys->sweep();
    QVERIFY(!load.isUnchanged);
    QVERIFY(!load.keys->find(keyOf(1)));
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_OddFileSystems::readsFilesWithoutTimesAgain()
{
    onlyTime = 0;
    write("list", "alice");
    RepeatedReader reader(path(u"list"_s), 100, TestClocks::later, TestClocks::steady);
    QCOMPARE(reader.look(false).outcome, RepeatedReader::Outcome::Contents);
    write("list", "carol");
    const RepeatedReader::Look look = reader.look(false);
    QCOMPARE(look.outcome, RepeatedReader::Outcome::Contents);
    QCOMPARE(look.read.contents.view(), QByteArrayView("carol"));
}

void tst_OddFileSystems::listsADirectoryWithoutTimesAgain()
{
    onlyTime = 0;
    QCOMPARE(m_keys->load().keys->size(), 0);
    write("alice.key", certificateOf(1));
    const KeyLoad first = m_keys->sweep();
    QVERIFY(!first.isUnchanged);
    QVERIFY(first.keys->find(keyOf(1)));
    write("bob.key", certificateOf(2));
    const KeyLoad second = m_keys->sweep();
    QVERIFY(!second.isUnchanged);
    QVERIFY(second.keys->find(keyOf(2)));
}

void tst_OddFileSystems::listsADirectoryThatHasJustChangedAgain()
{
    // Two changes within the same second, on a file system whose times are in seconds.
    onlyTime = wallClock() / Second;
    KeyDirectory keys(directory(), {}, {}, wallClock, TestClocks::steady);
    QCOMPARE(keys.load().keys->size(), 0);
    write("alice.key", certificateOf(1));
    const KeyLoad load = keys.sweep();
    QVERIFY(!load.isUnchanged);
    QVERIFY(load.keys->find(keyOf(1)));
}

void tst_OddFileSystems::listsADirectoryAgainAfterAnError()
{
    QCOMPARE(m_keys->load().keys->size(), 0);
    write("alice.key", certificateOf(1));
    failsListings = true;
    QVERIFY(m_keys->sweep().isUnchanged);
    failsListings = false;
    const KeyLoad load = m_keys->sweep();
    QVERIFY(!load.isUnchanged);
    QVERIFY(load.keys->find(keyOf(1)));
}

void tst_OddFileSystems::refusesListingsThatDoNotEnd()
{
    endsListings = false;
    const KeyLoad load = m_keys->load();
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QVERIFY(load.waitsForChange);
    QCOMPARE(textsOf(load.errors),
             QStringList{directory() + u": has more than 4194304 entries, the maximum"_s});
}

void tst_OddFileSystems::readsFilesOfUnstableInodes()
{
    write("alice.key", certificateOf(1));
    hasStableInodes = false;
    const KeyLoad first = m_keys->load();
    QVERIFY(!first.changedMeanwhile);
    QVERIFY(first.keys->find(keyOf(1)));
    write("alice.key", certificateOf(2));
    const KeyLoad second = m_keys->sweep();
    QVERIFY(!second.changedMeanwhile);
    QVERIFY(!second.keys->find(keyOf(1)));
    QVERIFY(second.keys->find(keyOf(2)));
}

void tst_OddFileSystems::watchesAgainAfterFailedLookups_data()
{
    QTest::addColumn<PathKind>("kind");

    QTest::newRow("directory") << PathKind::Directory;
    QTest::newRow("file") << PathKind::File;
}

void tst_OddFileSystems::watchesAgainAfterFailedLookups()
{
    QFETCH(const PathKind, kind);

    write("alice.key", certificateOf(1));
    PathWatcher watcher(kind == PathKind::File ? path(u"alice.key"_s) : directory(), kind);
    QVERIFY(!watcher.isBlind());
    failsLookups = true;
    watcher.lookAgain();
    QVERIFY(watcher.isBlind());
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    QTRY_VERIFY(settled.count() > 0);
    settled.clear();
    failsLookups = false;
    QTRY_VERIFY(!watcher.isBlind());
    // Changes may have been missed meanwhile.
    QTRY_VERIFY(settled.count() > 0);
    QVERIFY(settled.last().at(1).toBool());
    settled.clear();
    write("alice.key", certificateOf(2));
    QTRY_VERIFY(settled.count() > 0);
    QVERIFY(settled.last().at(0).value<Names>().contains("alice.key"));
}

void tst_OddFileSystems::followsLinksAgainAfterFailedLookups()
{
    write("../target", certificateOf(1));
    link("../target", "alice.key");
    PathWatcher watcher(directory(), PathKind::Directory);
    QSignalSpy settled(&watcher, &PathWatcher::settled);
    failsLookups = true;
    watcher.follow({"alice.key"});
    QVERIFY(watcher.isBlind());
    QTRY_VERIFY(settled.count() > 0);
    settled.clear();
    failsLookups = false;
    QTRY_VERIFY(!watcher.isBlind());
    QTRY_VERIFY(settled.count() > 0);
    settled.clear();
    write("../target", certificateOf(2));
    QTRY_VERIFY(settled.count() > 0);
    QVERIFY(settled.last().at(0).value<Names>().contains("alice.key"));
}

QTEST_GUILESS_MAIN(tst_OddFileSystems)
#include "tst_oddfilesystems.moc"
