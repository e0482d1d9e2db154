// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_STORELOADER_H
#define QZAP_CREDENTIALS_WATCHING_STORELOADER_H

#include "base/eventloopwatch.h"
#include "base/poolkeeper.h"
#include "base/retrytimer.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "credentials/files/fileload.h"
#include "credentials/watching/pathwatcher.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace QZap::Internal {

// What is to be read again: some files of a directory besides those that could not be read before,
// or all there is.
struct FileChange
{
    bool everything = true;
    QSet<QByteArray> names;

    void merge(const FileChange &other)
    {
        everything = everything || other.everything;
        names.unite(other.names);
    }
};

// Loads a store on the loading pool, now and whenever its files have changed, one load at a time.
// What could not be read, wholly or in part, is tried again until it can be.
// Nothing comes any more once it is deleted.
template <typename Load>
class StoreLoader : public QObject
{
public:
    // On a pool thread, never twice at a time. What it holds may be dropped there.
    using Read = std::function<Load(const FileChange &)>;
    // In the thread of this object, from its event loop.
    using Done = std::function<void(const Load &)>;
    using Failed = std::function<void(const QString &)>;

    StoreLoader(std::unique_ptr<PathWatcher> watcher, Read read, Done done, Failed failed,
                QObject *parent)
        : QObject(parent)
        , m_keeper(
              WorkerPool::shared(WorkerPool::Purpose::Loading),
              [this](const QString &problem) { reportStuck(problem); }, this)
        , m_invoker(std::make_shared<WeakInvoker>(this))
        , m_read(std::make_shared<Read>(std::move(read)))
        , m_done(std::move(done))
        , m_watcher(std::move(watcher))
        , m_again(new QTimer(this))
        , m_retry(this, [this] {
            start({false, {}}, true);
        })
    {
        m_watcher->setParent(this);
        m_again->setSingleShot(true);
        m_again->setInterval(SettleTime);
        connect(m_again, &QTimer::timeout, this, [this] { load({}); });
        connect(m_watcher.get(), &PathWatcher::settled, this,
                [this](const QSet<QByteArray> &names, bool everything) {
                    load({everything, names});
                });
        connect(m_watcher.get(), &PathWatcher::failed, this,
                [callback = std::move(failed)](const QString &text) { callback(text); });
        new EventLoopWatch(
            this, {[this] {
                m_again->stop();
                load({}); // first: it is merged with what was read, whose outcome may follow
                takeOutcome();
            }});
        load({});
    }
    ~StoreLoader() override
    {
        m_invoker->close(); // a load that has not begun is left out
        // What was read last may be large.
        WorkerPool::release(std::move(m_read));
    }
    Q_DISABLE_COPY_MOVE(StoreLoader)

    void load(const FileChange &change)
    {
        m_retry.reset();
        start(change, false);
    }

private:
    // What was loaded last, on its way from the pool.
    class Outcome
    {
    public:
        void put(Load load, bool isRetry)
        {
            const std::scoped_lock lock(m_mutex);
            m_value.emplace(std::move(load), isRetry);
        }
        std::optional<std::pair<Load, bool>> take()
        {
            const std::scoped_lock lock(m_mutex);
            return std::exchange(m_value, std::nullopt);
        }

    private:
        std::mutex m_mutex;
        std::optional<std::pair<Load, bool>> m_value;
    };

    static constexpr int SettleTime = 50; // ms

    void start(const FileChange &change, bool isRetry)
    {
        takeOutcome(); // of which the event may have been lost
        if (m_running) {
            if (m_next)
                m_next->merge(change);
            else
                m_next = change;
            return;
        }
        m_running = true;
        m_keeper.pool().run([this, invoker = m_invoker, outcome = m_outcome, read = m_read, change,
                             isRetry]() mutable {
            if (!invoker->isOpen())
                return;
            Load result = loadOf(read.get(), change);
            read.reset(); // first: whoever takes the result may delete this object
            outcome->put(std::move(result), isRetry);
            invoker->post([this] { takeOutcome(); });
        });
    }

    // An event that says so may be lost with an event loop, which does not lose the outcome.
    void takeOutcome()
    {
        if (std::optional<std::pair<Load, bool>> outcome = m_outcome->take())
            finish(outcome->first, outcome->second);
    }

    // On a pool thread.
    static Load loadOf(Read *read, const FileChange &change)
    {
        Load result;
        try {
            result = (*read)(change);
            // Not on the event loop of whoever is the last to use it.
            result.store() = WorkerPool::releasedOnPool(std::move(result.store()));
        } catch (const std::exception &error) {
            result = {};
            result.fileError = FileError::Unreadable;
            result.errors = {Problem(QString::fromUtf8(error.what()))};
        } catch (...) {
            result = {};
            result.fileError = FileError::Unreadable;
        }
        return result;
    }

    void finish(const Load &result, bool isRetry)
    {
        m_running = false;
        const bool isFailed = result.fileError == FileError::Unreadable || result.isIncomplete;
        // The same once more is no news.
        const bool isNews = !isRetry || !m_failure || m_failure->errors != result.errors
                            || m_failure->fileError != result.fileError
                            || m_failure->store() != result.store();
        m_failure = isFailed ? std::make_optional(result) : std::nullopt;
        if (isFailed)
            m_retry.schedule();
        else
            m_retry.reset();
        if (const auto next = std::exchange(m_next, std::nullopt))
            load(*next);
        else if (result.changedMeanwhile)
            m_again->start();
        if (isNews)
            m_done(result); // last: it may delete this object
    }

    // The load waits for a thread. Until then it is as if nothing could be read.
    void reportStuck(const QString &problem)
    {
        Load result;
        result.fileError = FileError::Unreadable;
        result.errors = {Problem(QStringLiteral("Files cannot be loaded: ") + problem)};
        m_done(result);
    }

    PoolKeeper m_keeper; // first: it goes when all that uses the pool has gone
    const std::shared_ptr<WeakInvoker> m_invoker;
    const std::shared_ptr<Outcome> m_outcome = std::make_shared<Outcome>();
    std::shared_ptr<Read> m_read;
    Done m_done;
    std::unique_ptr<PathWatcher> m_watcher;
    QTimer *m_again;
    RetryTimer m_retry;
    bool m_running = false;
    std::optional<FileChange> m_next;
    std::optional<Load> m_failure; // what could not be read last
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_STORELOADER_H
