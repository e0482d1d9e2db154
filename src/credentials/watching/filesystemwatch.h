// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H
#define QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H

#include "base/steadyclock.h"
#include "credentials/watching/openfiles.h"
#include "credentials/watching/watchbackend.h"

#include <QtCore/qfilesystemwatcher.h>
#include <QtCore/qstringlist.h>

namespace QZap::Internal {

// Watches with QFileSystemWatcher on every system. It reports no names, and on some systems no
// in-place edits of files in a directory.
class FileSystemWatch final : public WatchBackend
{
public:
    FileSystemWatch(const QString &path, PathKind kind, QObject *owner, Listener listener,
                    SteadyClock clock = steadyClock,
                    qint64 quietPeriod = OpenFiles::DefaultQuietPeriod);

    bool readEvents() override { return false; }
    void resume() override { setChanged(); }
    [[nodiscard]] PathChanges takeChanges() override;
    NameSet openNames() const override { return m_open.names(); }
    std::optional<qint64> due() const override { return m_open.due(); }
    void follow(const NameSet &names) override;
    void lookAgain() override { watchPath(); }
    bool isBlind() const override { return m_isFailed || m_isSilent; }

private:
    void watchPath();
    void setChanged();
    QByteArray ownName() const;

    const QString m_path;
    const PathKind m_kind;
    const Listener m_listener;
    QFileSystemWatcher m_watcher;
    const SteadyClock m_clock;
    OpenFiles m_open; // of a single file
    QStringList m_linkedPaths;
    bool m_isChanged = false;
    bool m_isFailed = false;
    bool m_isSilent = false; // the file system
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_FILESYSTEMWATCH_H
