// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/backgroundloader.h"
#include "descriptorlimit.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

struct StoreLoad : FileLoad
{
    std::shared_ptr<const int> held;

    std::shared_ptr<const int> &store() { return held; }
    const std::shared_ptr<const int> &store() const { return held; }
};

using Loader = BackgroundLoader<StoreLoad>;

} // namespace

class tst_BackgroundLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void loadsWhileTheEventLoopIsBlocked();
    void reportsTheLastOfSeveral();
    void keepsFewReportsBehindABlockedLoop();
    void reportsNothingAfterDeletion();
    void worksWithoutAThread();
    void eachIsLoadedInAnotherThread();
    void manyLocationsShareDescriptors();
    void blockedReadsDoNotDelayOthers();
    void aBlockedWatchDoesNotDelayOthers();
    void movesToAThread();

private:
    std::unique_ptr<Loader> makeLoader()
    {
        return std::make_unique<Loader>(
            m_directory->path(), PathKind::Directory,
            [this](const FileChange &) {
                StoreLoad load;
                load.held = std::make_shared<const int>(++m_reads);
                return load;
            },
            Loader::Listener{[this](const StoreLoad &) {
                                 m_loadedIn = QThread::currentThread();
                                 m_loaded.release();
                             },
                             [this](const StoreLoad &load) {
                                 m_reportedIn = QThread::currentThread();
                                 m_reports.append(*load.held);
                             },
                             [](const QString &problem) { QFAIL(qPrintable(problem)); }},
            nullptr);
    }
    static Loader::Listener ignoringListener()
    {
        return {[](const StoreLoad &) {}, [](const StoreLoad &) {}, [](const QString &) {}};
    }
    void write(const QString &name) const
    {
        QFile file(m_directory->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::atomic<int> m_reads{0};
    std::atomic<QThread *> m_loadedIn{nullptr};
    std::atomic<QThread *> m_reportedIn{nullptr};
    QSemaphore m_loaded;
    QList<int> m_reports;
};

void tst_BackgroundLoader::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_reads = 0;
    m_loaded.acquire(m_loaded.available());
    m_reports.clear();
}

// No events are delivered in this thread while it waits for the load.
void tst_BackgroundLoader::loadsWhileTheEventLoopIsBlocked()
{
    const auto loader = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QVERIFY(m_loadedIn != thread());
    for (const auto &name : {u"a"_s, u"b"_s}) {
        write(name);
        QVERIFY(m_loaded.tryAcquire(1, 10'000));
    }
    QVERIFY(m_reports.isEmpty());
    // The report of the last load may arrive later than the call of the listener.
    QTRY_COMPARE(m_reports.value(m_reports.size() - 1), 3);
    QVERIFY(m_reports.size() <= 2);
    QCOMPARE(m_reportedIn.load(), thread());
}

void tst_BackgroundLoader::reportsTheLastOfSeveral()
{
    const auto loader = makeLoader();
    for (int i = 1; i < 5; ++i) {
        QVERIFY(m_loaded.tryAcquire(1, 10'000));
        loader->reload();
    }
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QTRY_COMPARE(m_reports.value(m_reports.size() - 1), 5);
    QVERIFY(m_reports.size() <= 2);
}

// Neither events nor problems accumulate while the event loop is blocked.
void tst_BackgroundLoader::keepsFewReportsBehindABlockedLoop()
{
    class EventCounter : public QObject
    {
    public:
        int count = 0;

        bool eventFilter(QObject * /*watched*/, QEvent *event) override
        {
            count += event->type() == QEvent::MetaCall ? 1 : 0;
            return false;
        }
    } counter;
    constexpr int Loads = 3000;
    const auto loader = makeLoader();
    loader->installEventFilter(&counter);
    for (int i = 1; i < Loads; ++i) {
        QVERIFY(m_loaded.tryAcquire(1, 10'000));
        loader->reload();
    }
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QTRY_COMPARE(m_reports.value(m_reports.size() - 1), Loads);
    QVERIFY(m_reports.size() <= 2);
    QVERIFY2(counter.count <= 2, qPrintable(QString::number(counter.count)));
    // The loader continues to work.
    loader->reload();
    QTRY_COMPARE(m_reports.value(m_reports.size() - 1), Loads + 1);
}

void tst_BackgroundLoader::reportsNothingAfterDeletion()
{
    auto loader = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    loader.reset();
    write(u"a"_s);
    QCoreApplication::processEvents();
    QVERIFY(m_reports.isEmpty());
}

void tst_BackgroundLoader::worksWithoutAThread()
{
    const auto loader = [this] {
        const DescriptorLimit limit(1); // enough for inotify, but not for a pipe
        return makeLoader();
    }();
    QTRY_COMPARE(m_reports, QList<int>({1}));
    QCOMPARE(m_loadedIn.load(), thread());
    write(u"a"_s);
    QTRY_COMPARE(m_reports, QList<int>({1, 2}));
    loader->reload();
    QTRY_COMPARE(m_reports, QList<int>({1, 2, 3}));
}

void tst_BackgroundLoader::eachIsLoadedInAnotherThread()
{
    const auto first = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QThread *const in = m_loadedIn;
    const auto second = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QVERIFY(m_loadedIn != in);
}

// A user of the system has 128 inotify descriptors by default.
void tst_BackgroundLoader::manyLocationsShareDescriptors()
{
    constexpr int Count = 200;
    std::vector<std::unique_ptr<Loader>> loaders;
    std::vector<std::shared_ptr<std::atomic<int>>> loads;
    for (int i = 0; i < Count; ++i) {
        const QString name = QString::number(i);
        QVERIFY(QDir(m_directory->path()).mkdir(name));
        loads.push_back(std::make_shared<std::atomic<int>>(0));
        Loader::Listener listener = ignoringListener();
        listener.loaded = [count = loads.back()](const StoreLoad &) { ++*count; };
        listener.failed = [](const QString &problem) { QFAIL(qPrintable(problem)); };
        loaders.push_back(std::make_unique<Loader>(
            m_directory->filePath(name), PathKind::Directory,
            [](const FileChange &) { return StoreLoad(); }, listener, nullptr));
    }
    std::vector<int> before(Count, 0);
    const auto areAllLoadedAgain = [&] {
        return std::equal(loads.cbegin(), loads.cend(), before.cbegin(),
                          [](const auto &count, int earlier) { return *count > earlier; });
    };
    // One change may cause two loads.
    const auto changeAll = [&](const QString &name) {
        std::transform(loads.cbegin(), loads.cend(), before.begin(),
                       [](const auto &count) { return count->load(); });
        for (size_t i = 0; i < loads.size(); ++i)
            write(QString::number(i) + u'/' + name);
    };
    QTRY_VERIFY_WITH_TIMEOUT(areAllLoadedAgain(), 30'000);
    const QFileInfoList descriptors = QDir(u"/proc/self/fd"_s).entryInfoList(QDir::System);
    const auto inotifies =
        std::count_if(descriptors.cbegin(), descriptors.cend(), [](const QFileInfo &descriptor) {
            return descriptor.symLinkTarget().contains("inotify"_L1);
        });
#ifdef Q_OS_LINUX
    QVERIFY(inotifies > 0);
#endif
    QVERIFY2(inotifies <= WatchThread::MostUsed, qPrintable(QString::number(inotifies)));
    changeAll(u"a"_s);
    QTRY_VERIFY_WITH_TIMEOUT(areAllLoadedAgain(), 30'000);
    // The others remain watched after some of those with the same descriptor have left.
    loaders.erase(loaders.begin() + Count / 4, loaders.end());
    loads.resize(loaders.size());
    changeAll(u"b"_s);
    QTRY_VERIFY_WITH_TIMEOUT(areAllLoadedAgain(), 30'000);
}

// As many reads block as there usually are threads that load.
void tst_BackgroundLoader::blockedReadsDoNotDelayOthers()
{
    const auto loader = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    const int count = WorkerPool::shared(WorkerPool::Purpose::Loading)->threadCount() + 1;
    QTemporaryDir other;
    const auto begun = std::make_shared<QSemaphore>();
    const auto answer = std::make_shared<QSemaphore>();
    const auto ended = std::make_shared<QSemaphore>();
    std::vector<std::unique_ptr<Loader>> hanging;
    for (int i = 0; i < count; ++i) {
        hanging.push_back(std::make_unique<Loader>(
            other.path(), PathKind::Directory,
            [begun, answer, ended](const FileChange &) {
                begun->release();
                answer->acquire();
                ended->release();
                return StoreLoad();
            },
            ignoringListener(), nullptr));
    }
    QVERIFY(begun->tryAcquire(count, 10'000));
    write(u"a"_s);
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    const auto added = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    hanging.clear(); // returns, instead of waiting for the reads
    QCOMPARE(ended->available(), 0);
    answer->release(count);
    QVERIFY(ended->tryAcquire(count, 10'000));
}

// A watching thread blocks, as in stat(2) of a link's target.
void tst_BackgroundLoader::aBlockedWatchDoesNotDelayOthers()
{
    const auto loader = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QTemporaryDir other;
    const auto begun = std::make_shared<QSemaphore>();
    const auto answer = std::make_shared<QSemaphore>();
    const auto ended = std::make_shared<QSemaphore>();
    Loader::Listener listener = ignoringListener();
    listener.loaded = [begun, answer, ended](const StoreLoad &) {
        begun->release();
        answer->acquire();
        ended->release();
    };
    auto hanging = std::make_unique<Loader>(
        other.path(), PathKind::Directory, [](const FileChange &) { return StoreLoad(); }, listener,
        nullptr);
    QVERIFY(begun->tryAcquire(1, 10'000));
    write(u"a"_s);
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    const auto added = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    hanging.reset(); // returns, instead of waiting for the thread
    QCOMPARE(ended->available(), 0);
    answer->release();
    QVERIFY(ended->tryAcquire(1, 10'000));
}

void tst_BackgroundLoader::movesToAThread()
{
    QThread thread;
    thread.start();
    auto loader = makeLoader();
    QVERIFY(m_loaded.tryAcquire(1, 10'000));
    QTRY_COMPARE(m_reports.size(), 1);
    loader->moveToThread(&thread);
    write(u"a"_s);
    QTRY_COMPARE(m_reportedIn.load(), &thread);
    QMetaObject::invokeMethod(loader.release(), &QObject::deleteLater);
    thread.quit();
    QVERIFY(thread.wait(10'000));
}

QTEST_GUILESS_MAIN(tst_BackgroundLoader)
#include "tst_backgroundloader.moc"
