// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_STORELOADER_H
#define QZAP_CREDENTIALS_WATCHING_STORELOADER_H

#include "base/eventloopwatch.h"
#include "base/poolkeeper.h"
#include "base/singleshottimer.h"
#include "base/steadyclock.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "credentials/files/fileload.h"
#include "credentials/watching/loadoutcome.h"
#include "credentials/watching/loadschedule.h"
#include "credentials/watching/pathwatcher.h"

#include <QtCore/qobject.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace QZap::Internal {

// Loads a store on the loading pool, immediately and whenever its schedule requires it, one load at
// a time. Anything that cannot be read is tried again until it can be read. If memory runs out,
// everything is loaded again later. Nothing is reported after it is deleted.
template <typename Load>
class StoreLoader : public QObject
{
    using Store = std::decay_t<decltype(std::declval<Load>().store())>; // a shared pointer

public:
    // Called on a pool thread, never concurrently. Its contents may be destroyed there.
    using Read = std::function<Load(const FileChange &)>;
    // Called in the thread of this object, from its event loop.
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
        , m_timer(this, [this] { proceed(); })
        , m_schedule(steadyClock())
    {
        m_watcher->setParent(this);
        connect(m_watcher.get(), &PathWatcher::settled, this,
                [this](const NameSet &names, bool everything, const NameSet &open) {
                    request({everything, names, open, false});
                    proceed();
                });
        connect(m_watcher.get(), &PathWatcher::failed, this,
                [this, callback = std::move(failed)](const QString &text) {
                    proceed(); // sweeps may be necessary now
                    callback(text);
                });
        // The loaded change is requested again, since its outcome may be lost.
        new EventLoopWatch(this, {[this] { reload(); }});
        m_schedule.request({true, {}, m_watcher->openNames(), false});
        proceed();
    }
    ~StoreLoader() override
    {
        m_invoker->close(); // drops a load that has not begun
        // The last contents may be large.
        WorkerPool::release(std::move(m_read));
    }
    Q_DISABLE_COPY_MOVE(StoreLoader)

    // Loads everything.
    void reload()
    {
        m_schedule.requestAll();
        proceed();
    }

private:
    void request(const FileChange &change)
    {
        try {
            m_schedule.request(change);
        } catch (const std::bad_alloc &) {
            m_schedule.requestAll();
        }
    }

    // Starts the load that is due, or waits for the next one. If memory runs out, it tries again
    // later; only if that is not possible either, it throws std::bad_alloc.
    void proceed()
    {
        try {
            advance();
        } catch (const std::bad_alloc &) {
            m_schedule.requestAll();
            m_timer.start(OutOfMemoryPause);
        }
    }

    void advance()
    {
        if (std::optional<Load> outcome = m_outcome->take())
            return finish(*outcome); // the event of this outcome may have been lost
        m_schedule.setBlind(m_watcher->isBlind());
        if (const auto next = m_schedule.next(steadyClock()))
            start(*next);
        const auto due = m_schedule.due();
        if (!due) {
            m_timer.start(OutcomePeriod);
            return;
        }
        const auto wait = std::chrono::nanoseconds(std::max<qint64>(*due - steadyClock(), 0));
        m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(wait));
    }

    void start(const LoadSchedule::Load &load)
    {
        m_isNews = load.isNews;
        auto job = [this, invoker = m_invoker, outcome = m_outcome, read = m_read,
                    change = load.change]() mutable {
            if (!invoker->isOpen())
                return;
            Load result = loadOf(read.get(), change);
            read.reset(); // first: handling the result may delete this object
            outcome->put(std::move(result));
            invoker->post([this] { proceed(); });
        };
        try {
            m_keeper.pool().run(std::move(job));
        } catch (const std::bad_alloc &) {
            m_schedule.cancel();
            throw;
        }
    }

    // Called on a pool thread.
    static Load loadOf(Read *read, const FileChange &change) noexcept
    {
        try {
            Load result = (*read)(change);
            // Destroyed on the pool, and not on the event loop of its last user.
            result.store() = WorkerPool::releasedOnPool(std::move(result.store()));
            return result;
        } catch (const std::exception &error) {
            return failure(error.what());
        } catch (...) {
            return failure("");
        }
    }

    static Load failure(const char *reason) noexcept
    {
        Load result;
        result.fileError = FileError::Unreadable;
        try {
            if (*reason != '\0')
                result.errors.append(Problem(QString::fromUtf8(reason)));
        } catch (const std::bad_alloc &) {
            // The failure is reported without a reason.
        }
        return result;
    }

    void finish(const Load &result)
    {
        m_schedule.finished(steadyClock(), result);
        const bool isNews = !result.isUnchanged && (m_isNews || !saysTheSame(result));
        if (!result.isUnchanged) {
            m_last = result;
            m_last->store().reset(); // destroyed with its last user
            m_lastStore = result.store();
        }
        if (!result.isUnchanged && result.fileError == FileError::None)
            m_watcher->follow(result.linkedNames);
        if (result.isElsewhere)
            m_watcher->lookAgain();
        proceed();
        if (isNews)
            m_done(result); // last: it may delete this object
    }

    // Returns whether the load is a retry or sweep that has found nothing new.
    bool saysTheSame(const Load &load) const
    {
        return m_last && m_last->errors == load.errors && m_last->warnings == load.warnings
               && m_last->fileError == load.fileError && m_last->isSettling == load.isSettling
               && m_lastStore.lock() == load.store();
    }

    // Reports the location as unreadable while the load waits for a thread.
    void reportStuck(const QString &problem)
    {
        Load result;
        result.fileError = FileError::Unreadable;
        result.errors.append(Problem(QStringLiteral("Files cannot be loaded: ") + problem));
        m_done(result);
    }

    // The event of the outcome may be lost.
    static constexpr std::chrono::seconds OutcomePeriod{1};
    static constexpr std::chrono::seconds OutOfMemoryPause{1};

    PoolKeeper m_keeper; // first, so that it is destroyed after all users of the pool
    const std::shared_ptr<WeakInvoker> m_invoker;
    const std::shared_ptr<LoadOutcome<Load>> m_outcome = std::make_shared<LoadOutcome<Load>>();
    std::shared_ptr<Read> m_read;
    Done m_done;
    std::unique_ptr<PathWatcher> m_watcher;
    SingleShotTimer m_timer;
    LoadSchedule m_schedule;
    bool m_isNews = false;      // of the load that is running
    std::optional<Load> m_last; // the last load, without its store
    typename Store::weak_type m_lastStore;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_STORELOADER_H
