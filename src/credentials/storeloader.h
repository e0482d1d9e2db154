// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORELOADER_H
#define QZAP_CREDENTIALS_STORELOADER_H

#include "credentials/pathwatcher.h"
#include "credentials/threadpools.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace QZap::Internal {

// What is to be read again: some files of a directory, or all there is.
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

// Loads a store on the loader pool, now and whenever its files have changed, one load at a time.
// Nothing comes any more once it is deleted.
template <typename Load>
class StoreLoader : public QObject
{
public:
    // On a pool thread, never twice at a time. What it holds may be dropped there.
    using Read = std::function<Load(const FileChange &)>;
    // In the thread of this object.
    using Done = std::function<void(const Load &)>;
    using Failed = std::function<void(const QString &)>;

    StoreLoader(std::unique_ptr<PathWatcher> watcher, Read read, Done done, Failed failed,
                QObject *parent)
        : QObject(parent)
        , m_read(std::make_shared<Read>(std::move(read)))
        , m_done(std::move(done))
        , m_watcher(std::move(watcher))
        , m_again(new QTimer(this))
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
        load({});
    }
    ~StoreLoader() override
    {
        // What was read last may be large: it goes where it came from.
        startOn(loaderPool(), [read = std::move(m_read)]() mutable { read.reset(); });
    }
    Q_DISABLE_COPY_MOVE(StoreLoader)

    void load(const FileChange &change)
    {
        if (m_running) {
            if (m_next)
                m_next->merge(change);
            else
                m_next = change;
            return;
        }
        m_running = true;
        whenFinished(runOn(loaderPool(), [read = m_read, change] { return (*read)(change); }), this,
                     [this](const QFuture<Load> &future) {
                         Load result;
                         try {
                             result = future.result();
                         } catch (const std::exception &error) {
                             result.fileError = FileError::Unreadable;
                             result.errors = {QString::fromUtf8(error.what())};
                         }
                         finish(result);
                     });
    }

private:
    static constexpr int SettleTime = 50; // ms

    void finish(const Load &result)
    {
        m_running = false;
        if (const auto next = std::exchange(m_next, std::nullopt))
            load(*next);
        else if (result.changedMeanwhile)
            m_again->start();
        m_done(result); // last: it may delete this object
    }

    std::shared_ptr<Read> m_read;
    Done m_done;
    std::unique_ptr<PathWatcher> m_watcher;
    QTimer *m_again;
    bool m_running = false;
    std::optional<FileChange> m_next;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORELOADER_H
