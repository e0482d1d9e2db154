// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
#define QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H

#include "credentials/watching/watchbackend.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <memory>

namespace QZap::Internal {

// Watches a directory or a file by its path, whether or not it is there: one that is made, replaced
// or switched later is watched from then on. It watches from its construction and reports what
// changes afterwards, so whoever loads the path does so after that.
class PathWatcher : public QObject
{
    Q_OBJECT

public:
    PathWatcher(const QString &path, PathKind kind, QObject *parent = nullptr);
    ~PathWatcher() override;

Q_SIGNALS:
    // What has changed, once it has been quiet for a moment: the names in the directory, or the
    // file's own; or everything, without names, where they cannot be known.
    void settled(const QSet<QByteArray> &names, bool everything);
    // It cannot be watched, or not wholly: why, and what to do.
    void failed(const QString &reason);

private:
    void waitForQuiet();
    void startQuietTimer();
    void report();

    QTimer m_timer;
    QDeadlineTimer m_deadline;
    std::unique_ptr<WatchBackend> m_backend;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_PATHWATCHER_H
