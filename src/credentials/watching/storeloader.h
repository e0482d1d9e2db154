// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_STORELOADER_H
#define QZAP_CREDENTIALS_WATCHING_STORELOADER_H

#include "base/eventloopwatch.h"
#include "base/poolkeeper.h"
#include "base/steadyclock.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "credentials/files/fileload.h"
#include "credentials/watching/loadschedule.h"
#include "credentials/watching/pathwatcher.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace QZap::Internal {

// Loads a store on the loading pool, now and whenever its schedule says so, one load at a time.
// What could not be read, wholly or in part, is tried again until it can be.
// Nothing comes any more once it is deleted.
template <typename Load>
class StoreLoader : public QObject
{
    using Store = std::decay_t<decltype(std::declval<Load>().store())>; // a shared pointer

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
        , m_timer(new QTimer(this))
        , m_schedule(steadyClock())
    {
        m_watcher->setParent(this);
        m_timer->setSingleShot(true);
        connect(m_timer, &QTimer::timeout, this, [this] { proceed(); });
        connect(
            m_watcher.get(), &PathWatcher::settled, this,
            [this](const QSet<QByteArray> &names, bool everything, const QSet<QByteArray> &open) {
                m_schedule.request({everything, names, open, false});
                proceed();
            });
        connect(m_watcher.get(), &PathWatcher::failed, this,
                [this, callback = std::move(failed)](const QString &text) {
                    proceed(); // it may have to look for changes itself now
                    callback(text);
                });
        // What was read is merged with what is requested, and its outcome may follow.
        new EventLoopWatch(this, {[this] { reload(); }});
        m_schedule.request({true, {}, m_watcher->openNames(), false});
        proceed();
    }
    ~StoreLoader() override
    {
        m_invoker->close(); // a load that has not begun is left out
        // What was read last may be large.
        WorkerPool::release(std::move(m_read));
    }
    Q_DISABLE_COPY_MOVE(StoreLoader)

    // Loads all there is.
    void reload()
    {
        m_schedule.requestAll();
        proceed();
    }

private:
    // What was loaded last, on its way from the pool.
    class Outcome
    {
    public:
        void put(Load load)
        {
            const std::scoped_lock lock(m_mutex);
            m_value.emplace(std::move(load));
        }
        std::optional<Load> take()
        {
            const std::scoped_lock lock(m_mutex);
            return std::exchange(m_value, std::nullopt);
        }

    private:
        std::mutex m_mutex;
        std::optional<Load> m_value;
    };

    // Starts what is to be loaded now, and waits for what is to be loaded later.
    void proceed()
    {
        if (std::optional<Load> outcome = m_outcome->take())
            return finish(*outcome); // of which the event may have been lost
        m_schedule.setBlind(m_watcher->isBlind());
        if (const auto next = m_schedule.next(steadyClock()))
            start(*next);
        const auto due = m_schedule.due();
        if (!due) {
            m_timer->stop();
            return;
        }
        const auto wait = std::chrono::nanoseconds(std::max<qint64>(*due - steadyClock(), 0));
        m_timer->start(std::chrono::ceil<std::chrono::milliseconds>(wait));
    }

    void start(const LoadSchedule::Load &load)
    {
        m_isNews = load.isNews;
        m_keeper.pool().run([this, invoker = m_invoker, outcome = m_outcome, read = m_read,
                             change = load.change]() mutable {
            if (!invoker->isOpen())
                return;
            Load result = loadOf(read.get(), change);
            read.reset(); // first: whoever takes the result may delete this object
            outcome->put(std::move(result));
            invoker->post([this] { proceed(); });
        });
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

    void finish(const Load &result)
    {
        m_schedule.finished(steadyClock(), result);
        const bool isNews = !result.isUnchanged && (m_isNews || !saysTheSame(result));
        if (!result.isUnchanged) {
            m_last = result;
            m_last->store().reset(); // it goes when nobody uses it
            m_lastStore = result.store();
        }
        if (!result.isUnchanged && result.fileError == FileError::None)
            m_watcher->follow(result.linkedNames);
        proceed();
        if (isNews)
            m_done(result); // last: it may delete this object
    }

    // What is tried again, or compared, may say nothing new.
    bool saysTheSame(const Load &load) const
    {
        return m_last && m_last->errors == load.errors && m_last->warnings == load.warnings
               && m_last->fileError == load.fileError && m_last->isSettling == load.isSettling
               && m_lastStore.lock() == load.store();
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
    QTimer *m_timer;
    LoadSchedule m_schedule;
    bool m_isNews = false;      // what is being loaded
    std::optional<Load> m_last; // what was loaded last, without its store
    typename Store::weak_type m_lastStore;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_STORELOADER_H
