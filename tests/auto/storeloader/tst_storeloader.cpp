// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/storeloader.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace QZap::Internal;

namespace {

struct Store
{
    explicit Store(std::atomic<int> *releasedElsewhere)
        : counter(releasedElsewhere)
    { }
    ~Store()
    {
        if (std::this_thread::get_id() != home)
            ++*counter;
    }
    Q_DISABLE_COPY_MOVE(Store)

    static inline const std::thread::id home = std::this_thread::get_id();
    std::atomic<int> *counter;
};

struct StoreLoad : FileLoad
{
    std::shared_ptr<const Store> held;

    std::shared_ptr<const Store> &store() { return held; }
    const std::shared_ptr<const Store> &store() const { return held; }
};

using Loader = StoreLoader<StoreLoad>;

// A backend that reports no changes and is blind.
class DeafBackend final : public WatchBackend
{
public:
    inline static int lookedAgain = 0;

    bool readEvents() override { return false; }
    void resume() override { }
    PathChanges takeChanges() override { return {}; }
    NameSet openNames() const override { return {}; }
    std::optional<qint64> due() const override { return std::nullopt; }
    void follow(const NameSet &) override { }
    void lookAgain() override { ++lookedAgain; }
    bool isBlind() const override { return true; }
};

} // namespace

class tst_StoreLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void init();
    void loadsAndLoadsAgain();
    void neverLoadsConcurrently();
    void retriesUnreadableLocations_data();
    void retriesUnreadableLocations();
    void sweepsForUnreportedChanges();
    void exceptionsAreFailures();
    void reportsNothingAfterDeletion();
    void dropsALoadThatHasNotBegun();
    void storesAreReleasedOnThePool();

private:
    std::unique_ptr<Loader> makeLoader(Loader::Read read)
    {
        return std::make_unique<Loader>(
            std::make_unique<PathWatcher>(m_directory->path(), PathKind::Directory),
            std::move(read), [this](const StoreLoad &load) { m_loads += load; },
            [this](const QString &problem) { m_problems += problem; }, nullptr);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QList<StoreLoad> m_loads;
    QStringList m_problems;
    std::atomic<int> m_reads{0};
};

void tst_StoreLoader::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_loads.clear();
    m_problems.clear();
    m_reads = 0;
}

void tst_StoreLoader::loadsAndLoadsAgain()
{
    const auto loader = makeLoader([this](const FileChange &) {
        ++m_reads;
        return StoreLoad();
    });
    QVERIFY(m_loads.isEmpty()); // nothing is reported during the call
    QTRY_COMPARE(m_loads.size(), 1);
    QFile file(m_directory->filePath(QStringLiteral("new")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    QTRY_COMPARE(m_loads.size(), 2);
    QCOMPARE(m_reads.load(), 2);
}

void tst_StoreLoader::neverLoadsConcurrently()
{
    std::atomic<int> atOnce{0};
    std::atomic<int> most{0};
    QSemaphore mayGo;
    const auto loader = makeLoader([&](const FileChange &) {
        ++m_reads;
        most = std::max(most.load(), ++atOnce);
        mayGo.acquire();
        --atOnce;
        return StoreLoad();
    });
    for (int i = 0; i < 10; ++i)
        loader->reload();
    QTRY_COMPARE(m_reads.load(), 1);
    mayGo.release(2);
    // All requests that arrive during a load cause one further load.
    QTRY_COMPARE(m_loads.size(), 2);
    QCOMPARE(m_reads.load(), 2);
    QCOMPARE(most.load(), 1);
}

void tst_StoreLoader::retriesUnreadableLocations_data()
{
    QTest::addColumn<FileError>("error");
    QTest::addColumn<bool>("isIncomplete");
    QTest::newRow("nothing") << FileError::Unreadable << false;
    QTest::newRow("some file") << FileError::None << true;
}

void tst_StoreLoader::retriesUnreadableLocations()
{
    QFETCH(const FileError, error);
    QFETCH(const bool, isIncomplete);
    QList<FileChange> changes; // loads are not concurrent
    const auto loader = makeLoader([&](const FileChange &change) {
        changes += change;
        StoreLoad load;
        if (++m_reads <= 3) {
            load.fileError = error;
            load.isIncomplete = isIncomplete;
            if (isIncomplete)
                load.lookAgainAfter = 250'000'000;
            load.errors = {Problem(QStringLiteral("no descriptor"))};
        }
        return load;
    });
    QTRY_COMPARE(m_loads.size(), 2);
    // A repeated failure is not reported again.
    QCOMPARE(m_reads.load(), 4);
    QCOMPARE(m_loads.constFirst().errors.size(), 1);
    QVERIFY(m_loads.constLast().errors.isEmpty());
    QVERIFY(changes.constFirst().everything);
    QVERIFY(!changes.constLast().everything); // reads only the unreadable files again
}

// The backend reports nothing, as without inotify or on a network file system.
void tst_StoreLoader::sweepsForUnreportedChanges()
{
    QList<FileChange> changes; // loads are not concurrent
    const auto deaf = [](const QString &, PathKind, QObject *, WatchBackend::Listener) {
        return std::make_unique<DeafBackend>();
    };
    const Loader loader(
        std::make_unique<PathWatcher>(m_directory->path(), PathKind::Directory, nullptr, deaf),
        [&](const FileChange &change) {
            changes += change;
            StoreLoad load;
            // The first part of a sweep finds no change, but the second does.
            load.isUnchanged = ++m_reads == 2;
            load.sweepGoesOn = load.isUnchanged;
            load.isElsewhere = m_reads == 3;
            load.warnings = {Problem(QString::number(m_reads))};
            return load;
        },
        [this](const StoreLoad &load) { m_loads += load; }, {}, nullptr);
    DeafBackend::lookedAgain = 0;
    QTRY_COMPARE(m_loads.size(), 2);
    QCOMPARE(m_reads.load(), 3);
    QVERIFY(changes[0].everything);
    QVERIFY(changes[1].isSweep && changes[2].isSweep);
    QCOMPARE(DeafBackend::lookedAgain, 1); // because the location has moved
}

void tst_StoreLoader::exceptionsAreFailures()
{
    const auto loader = makeLoader([this](const FileChange &) -> StoreLoad {
        if (++m_reads == 1)
            throw std::runtime_error("broken");
        return {};
    });
    QTRY_COMPARE(m_loads.size(), 2);
    QCOMPARE(textsOf(m_loads.constFirst().errors), QStringList(QStringLiteral("broken")));
    QCOMPARE(m_loads.constFirst().fileError, FileError::Unreadable);
    QCOMPARE(m_loads.constLast().fileError, FileError::None);
}

void tst_StoreLoader::reportsNothingAfterDeletion()
{
    QSemaphore mayGo;
    QSemaphore arrived;
    const auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    auto loader = makeLoader([&](const FileChange &) {
        arrived.release();
        mayGo.acquire();
        return StoreLoad();
    });
    QVERIFY(arrived.tryAcquire(1, 10000));
    loader.reset();
    mayGo.release();
    QSemaphore isDone;
    for (int i = 0; i < pool->threadCount(); ++i)
        pool->run([&isDone] { isDone.release(); });
    QVERIFY(isDone.tryAcquire(pool->threadCount(), 10000));
    QCoreApplication::processEvents();
    QVERIFY(m_loads.isEmpty());
}

void tst_StoreLoader::dropsALoadThatHasNotBegun()
{
    const auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
    QVERIFY(!pool->start());
    QSemaphore mayGo;
    for (int i = 0; i < pool->threadCount(); ++i)
        pool->run([&mayGo] { mayGo.acquire(); });
    auto loader = makeLoader([this](const FileChange &) {
        ++m_reads;
        return StoreLoad();
    });
    loader.reset();
    mayGo.release(pool->threadCount());
    QSemaphore isDone;
    for (int i = 0; i < pool->threadCount(); ++i)
        pool->run([&isDone] { isDone.release(); });
    QVERIFY(isDone.tryAcquire(pool->threadCount(), 10000));
    QCOMPARE(m_reads.load(), 0);
}

void tst_StoreLoader::storesAreReleasedOnThePool()
{
    std::atomic<int> releasedElsewhere{0};
    QVERIFY(Store::home == std::this_thread::get_id());
    {
        const auto pool = WorkerPool::shared(WorkerPool::Purpose::Loading);
        auto loader = makeLoader([&](const FileChange &) {
            StoreLoad load;
            load.held = std::make_shared<Store>(&releasedElsewhere);
            return load;
        });
        QTRY_COMPARE(m_loads.size(), 1);
        loader->reload();
        QTRY_COMPARE(m_loads.size(), 2);
        m_loads.clear(); // like replacing a policy
        QTRY_COMPARE(releasedElsewhere.load(), 2);
        loader.reset();
    }
    QCOMPARE(releasedElsewhere.load(), 2);
}

QTEST_GUILESS_MAIN(tst_StoreLoader)
#include "tst_storeloader.moc"
