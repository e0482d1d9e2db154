// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
#define QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H

#include "credentials/watching/watchbackend.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

// Watches a directory or a file by its path, whether or not it is there: one that is made, replaced
// or switched later is watched from then on. It watches from its construction and reports what
// changes afterwards, so whoever loads the path does so after that.
class PathWatcher : public QObject
{
    Q_OBJECT

public:
    // Returns what watches the path.
    using MakeBackend = std::function<std::unique_ptr<WatchBackend>(
        const QString &path, PathKind kind, QObject *owner, WatchBackend::Listener listener)>;

    PathWatcher(const QString &path, PathKind kind, QObject *parent = nullptr,
                const MakeBackend &makeBackend = systemBackend);
    ~PathWatcher() override;

    [[nodiscard]] static std::unique_ptr<WatchBackend>
    systemBackend(const QString &path, PathKind kind, QObject *owner,
                  WatchBackend::Listener listener);

    // Which files are open for writing at this moment, as far as is known.
    QSet<QByteArray> openNames() const { return m_backend->openNames(); }
    // Watches also those of the files, by their names, that may change without an event in their
    // directory: links, and files with several names.
    void follow(const QSet<QByteArray> &names) { m_backend->follow(names); }
    // Whether changes may go unnoticed, as failed() has said or will say.
    bool isBlind() const { return m_backend->isBlind(); }

Q_SIGNALS:
    // What has changed, once it has been quiet for a moment: the names in the directory, or the
    // file's own; or everything, without names, where they cannot be known. All files that are open
    // for writing, and have been written to, are named besides.
    void settled(const QSet<QByteArray> &names, bool everything, const QSet<QByteArray> &open);
    // It cannot be watched, or not wholly: why, and what to do.
    void failed(const QString &reason);

private:
    void waitForQuiet();
    void startQuietTimer();
    void report();
    void waitForQuietFiles();

    QTimer m_timer;
    QTimer m_openTimer; // until files that are open count as closed
    QDeadlineTimer m_deadline;
    std::unique_ptr<WatchBackend> m_backend;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
