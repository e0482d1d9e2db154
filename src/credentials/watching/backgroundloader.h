// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H
#define QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H

#include "base/eventloopwatch.h"
#include "base/weakinvoker.h"
#include "credentials/watching/storeloader.h"
#include "credentials/watching/watchthread.h"

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace QZap::Internal {

// Watches and loads a store in a watching thread, and reports loads in its own thread. If no
// watching thread can be started, its own thread is used. Nothing is reported after it is deleted,
// which does not wait for the watching thread.
template <typename Load>
class BackgroundLoader : public QObject
{
public:
    using Read = typename StoreLoader<Load>::Read;

    struct Listener
    {
        // Called at once in the thread that loads, possibly after this object is deleted.
        std::function<void(const Load &)> loaded;
        // Called in the thread of this object, from its event loop, with the last of several loads.
        std::function<void(const Load &)> reported;
        std::function<void(const QString &)> failed;
    };

    BackgroundLoader(const QString &path, PathKind kind, Read read, Listener listener,
                     QObject *parent)
        : QObject(parent)
        , m_invoker(std::make_shared<WeakInvoker>(this))
        , m_thread(WatchThread::take())
        , m_listener(std::move(listener))
    {
        QObject *const loaderParent = m_thread ? nullptr : this;
        const auto say = [this, invoker = m_invoker] { invoker->post([this] { deliver(); }); };
        run([=, place = m_place, news = m_news, read = std::move(read),
             loaded = m_listener.loaded]() mutable {
            *place = std::make_unique<StoreLoader<Load>>(
                std::make_unique<PathWatcher>(path, kind), std::move(read),
                [=](const Load &load) {
                    loaded(load);
                    news->put(load);
                    say();
                },
                [=](const QString &problem) {
                    news->put(problem);
                    say();
                },
                loaderParent);
        });
        // The event of a report may be lost with an event loop; the report itself is kept.
        new EventLoopWatch(this, {[this] { deliver(); }});
    }
    ~BackgroundLoader() override
    {
        m_invoker->close();
        run([place = std::move(m_place)] { place->reset(); });
    }
    Q_DISABLE_COPY_MOVE(BackgroundLoader)

    void reload()
    {
        run([place = m_place] { (*place)->reload(); });
    }

private:
    // Loads that have not been reported yet.
    class News
    {
    public:
        void put(const Load &load)
        {
            const std::scoped_lock lock(m_mutex);
            m_load = load;
        }
        void put(const QString &problem)
        {
            const std::scoped_lock lock(m_mutex);
            m_problems.append(problem);
        }
        std::pair<std::optional<Load>, QStringList> take()
        {
            const std::scoped_lock lock(m_mutex);
            return {std::exchange(m_load, std::nullopt), std::exchange(m_problems, {})};
        }

    private:
        std::mutex m_mutex;
        std::optional<Load> m_load;
        QStringList m_problems;
    };
    // Holds the loader, which only its thread uses.
    using Place = std::unique_ptr<StoreLoader<Load>>;

    void run(std::function<void()> function)
    {
        if (m_thread)
            m_thread->run(std::move(function));
        else
            function();
    }

    void deliver()
    {
        const auto invoker = m_invoker; // a report may delete this object
        const Listener listener = m_listener;
        const auto [load, problems] = m_news->take();
        for (const QString &problem : problems) {
            if (invoker->isOpen())
                listener.failed(problem);
        }
        if (load && invoker->isOpen())
            listener.reported(*load);
    }

    const std::shared_ptr<WeakInvoker> m_invoker;
    const std::shared_ptr<WatchThread> m_thread;
    const Listener m_listener;
    const std::shared_ptr<News> m_news = std::make_shared<News>();
    std::shared_ptr<Place> m_place = std::make_shared<Place>();
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H
