// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/filesystemwatch.h"

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

QString parentOf(const QString &path)
{
    return QFileInfo(path).path();
}

} // namespace

FileSystemWatch::FileSystemWatch(const QString &path, PathKind kind, QObject *owner,
                                 Listener listener)
    : m_path(QDir::cleanPath(QDir::current().absoluteFilePath(path)))
    , m_kind(kind)
    , m_listener(std::move(listener))
    , m_watcher(owner) // a child, to move to another thread with it
{
    for (const auto signal :
         {&QFileSystemWatcher::directoryChanged, &QFileSystemWatcher::fileChanged})
        QObject::connect(&m_watcher, signal, &m_watcher, [this] { setChanged(); });
    watchPath();
}

PathChanges FileSystemWatch::takeChanges()
{
    PathChanges result;
    result.everything = std::exchange(m_isChanged, false);
    return result;
}

void FileSystemWatch::watchPath()
{
    // A file is watched together with its directory; each directory with the one above it, or the
    // nearest that is there.
    QStringList paths;
    QString directory = m_path;
    if (m_kind == PathKind::File) {
        if (QFileInfo::exists(m_path))
            paths.append(m_path);
        directory = parentOf(m_path);
    }
    if (QFileInfo::exists(directory))
        paths.append(directory);
    while (directory != parentOf(directory)) {
        directory = parentOf(directory);
        if (QFileInfo::exists(directory)) {
            paths.append(directory);
            break;
        }
    }
    // What was replaced is still watched by the path that it had.
    const QStringList watched = m_watcher.directories() + m_watcher.files();
    if (!watched.isEmpty())
        m_watcher.removePaths(watched);
    bool isFailed = false;
    const QStringList unwatched = m_watcher.addPaths(paths);
    for (const QString &path : unwatched)
        isFailed = isFailed || QFileInfo::exists(path);
    if (isFailed && !m_isFailed) {
        m_listener.failed(u"%1: cannot be watched, and changes may go unnoticed; raise this "
                          "process's limit of open files"_s.arg(m_path));
    }
    m_isFailed = isFailed;
}

void FileSystemWatch::setChanged()
{
    watchPath();
    m_isChanged = true;
    m_listener.changed();
}

} // namespace QZap::Internal
