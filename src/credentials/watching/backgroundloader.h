// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H
#define QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H

#include "base/eventloopwatch.h"
#include "base/weakinvoker.h"
#include "credentials/watching/loadnews.h"
#include "credentials/watching/storeloader.h"
#include "credentials/watching/watchthread.h"

#include <QtCore/qobject.h>
#include <QtCore/qscopeguard.h>

#include <atomic>
#include <functional>
#include <memory>
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
        // Called immediately in the thread that loads, possibly after this object is deleted.
        std::function<void(const Load &)> loaded;
        // Called in the thread of this object, from its event loop, with the last of several loads.
        std::function<void(const Load &)> reported;
        std::function<void(const QString &)> failed;
    };

    // What to watch at the path, and how to read it.
    struct Source
    {
        PathKind kind;
        Read read;
    };
    // Called in the watching thread, since a file system may not respond. May be called again if
    // memory runs out.
    using FindSource = std::function<Source()>;

    BackgroundLoader(const QString &path, PathKind kind, Read read, Listener listener,
                     QObject *parent)
        : BackgroundLoader(
            path, [source = Source{kind, std::move(read)}] { return source; }, std::move(listener),
            parent)
    { }
    BackgroundLoader(const QString &path, const FindSource &findSource, Listener listener,
                     QObject *parent)
        : QObject(parent)
        , m_invoker(std::make_shared<WeakInvoker>(this))
        , m_thread(WatchThread::take())
        , m_listener(std::move(listener))
    {
        // The event of a report may be lost with an event loop; the report itself is kept.
        new EventLoopWatch(this, {[this] { deliver(); }});
        QObject *const loaderParent = m_thread ? nullptr : this;
        const auto say = [this, invoker = m_invoker, news = m_news] {
            news->announce([&] { return invoker->post([this] { deliver(); }); });
        };
        run([=, place = m_place, news = m_news, loaded = m_listener.loaded] {
            Source source = findSource();
            *place = std::make_unique<StoreLoader<Load>>(
                std::make_unique<PathWatcher>(path, source.kind), std::move(source.read),
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
    }
    ~BackgroundLoader() override
    {
        m_invoker->close();
        if (m_thread)
            m_thread->run(std::move(m_end));
        else
            m_place->reset();
    }
    Q_DISABLE_COPY_MOVE(BackgroundLoader)

    void reload()
    {
        if (m_isReloading->exchange(true))
            return; // a call is already queued
        auto guard = qScopeGuard([this] { *m_isReloading = false; });
        run([place = m_place, isReloading = m_isReloading] {
            *isReloading = false;
            (*place)->reload();
        });
        guard.dismiss();
    }

private:
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
    const std::shared_ptr<LoadNews<Load>> m_news = std::make_shared<LoadNews<Load>>();
    const std::shared_ptr<std::atomic<bool>> m_isReloading =
        std::make_shared<std::atomic<bool>>(false);
    const std::shared_ptr<Place> m_place = std::make_shared<Place>();
    // Prepared in advance, since memory may have run out when it is needed.
    WatchThread::Functions m_end = WatchThread::prepare([place = m_place] { place->reset(); });
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_BACKGROUNDLOADER_H
