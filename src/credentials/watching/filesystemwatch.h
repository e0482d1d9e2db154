// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H
#define QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H

#include "credentials/watching/watchbackend.h"

#include <QtCore/qfilesystemwatcher.h>

namespace QZap::Internal {

// Watches with what Qt has on every system. It knows no names, and on some systems nothing of an
// edit in place inside a directory.
class FileSystemWatch final : public WatchBackend
{
public:
    FileSystemWatch(const QString &path, PathKind kind, QObject *owner, Listener listener);

    bool readEvents() override { return false; }
    void resume() override { setChanged(); }
    [[nodiscard]] PathChanges takeChanges() override;

private:
    void watchPath();
    void setChanged();

    const QString m_path;
    const PathKind m_kind;
    const Listener m_listener;
    QFileSystemWatcher m_watcher;
    bool m_isChanged = false;
    bool m_isFailed = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H
