// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
#define QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H

#include "base/singleshottimer.h"
#include "credentials/watching/watchbackend.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qobject.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

// Watches a directory or file by its path, whether or not it exists: if it is created, replaced or
// switched later, it is watched from then on. Changes after the construction are reported, so load
// the path afterwards.
class PathWatcher : public QObject
{
    Q_OBJECT

public:
    // Creates the backend that watches the path.
    using MakeBackend = std::function<std::unique_ptr<WatchBackend>(
        const QString &path, PathKind kind, QObject *owner, WatchBackend::Listener listener)>;

    PathWatcher(const QString &path, PathKind kind, QObject *parent = nullptr,
                const MakeBackend &makeBackend = systemBackend);
    ~PathWatcher() override;

    [[nodiscard]] static std::unique_ptr<WatchBackend>
    systemBackend(const QString &path, PathKind kind, QObject *owner,
                  WatchBackend::Listener listener);

    // Returns the files that are known to be open for writing.
    NameSet openNames() const { return m_backend->openNames(); }
    // Also watches files that may change without an event in their directory, by their names:
    // links, and files with several names.
    void follow(const NameSet &names) { m_backend->follow(names); }
    // Checks the path again. Call this if it was found to lead elsewhere, which caused no event.
    void lookAgain() { m_backend->lookAgain(); }
    // Returns whether changes may go unnoticed, which failed() reports.
    bool isBlind() const { return m_backend->isBlind(); }

Q_SIGNALS:
    // Emitted after a quiet moment with the changed names in the directory, or the name of the
    // file; or with `everything` and without names if these are unknown. `open` contains all files
    // that have been written to and are still open for writing.
    void settled(const NameSet &names, bool everything, const NameSet &open);
    // Emitted if the path cannot be watched, or only in part. The reason includes what to do.
    void failed(const QString &reason);

private:
    void waitForQuiet();
    void startQuietTimer();
    void report();
    void waitForQuietFiles();

    SingleShotTimer m_timer;
    SingleShotTimer m_openTimer; // until open files are treated as closed
    QDeadlineTimer m_deadline;
    std::unique_ptr<WatchBackend> m_backend;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
