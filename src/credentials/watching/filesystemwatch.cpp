// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/filesystemwatch.h"

#include "credentials/watching/filewriters.h"
#include "credentials/watching/silentfilesystem.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
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
                                 Listener listener, SteadyClock clock, qint64 quietPeriod)
    : m_path(QDir::cleanPath(QDir::current().absoluteFilePath(path)))
    , m_kind(kind)
    , m_listener(std::move(listener))
    , m_watcher(owner) // a child, so that it moves to another thread with the owner
    , m_clock(clock)
    , m_open(quietPeriod)
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
    result.names = m_open.takeQuiet(m_clock());
    // QFileSystemWatcher does not report which file of a directory has changed.
    if (result.everything && m_kind == PathKind::File) {
        const QFileInfo info(m_path);
        if (info.exists()
            && writersOf(QFile::encodeName(info.canonicalFilePath())) == Writers::None)
            m_open.setClosed(ownName());
        else if (info.exists())
            m_open.setModified(ownName(), m_clock());
        result.names.clear();
    }
    result.open = m_open.names();
    return result;
}

QByteArray FileSystemWatch::ownName() const
{
    return QFile::encodeName(m_path.sliced(m_path.lastIndexOf(u'/') + 1));
}

// The target of such a path is watched; a replaced link on the path is found by a sweep.
void FileSystemWatch::follow(const NameSet &names)
{
    QStringList paths;
    for (const QByteArray &name : names)
        paths +=
            (m_kind == PathKind::File ? parentOf(m_path) : m_path) + u'/' + QFile::decodeName(name);
    paths.sort();
    if (paths == m_linkedPaths)
        return;
    m_linkedPaths = paths;
    setChanged();
}

void FileSystemWatch::watchPath()
{
    // A file is watched together with its directory, and each directory with its parent, or the
    // nearest existing ancestor.
    QStringList paths;
    QString directory = m_path;
    if (m_kind == PathKind::File) {
        if (QFileInfo::exists(m_path))
            paths.append(m_path);
        directory = parentOf(m_path);
    }
    for (const QString &linked : std::as_const(m_linkedPaths)) {
        if (QFileInfo::exists(linked))
            paths.append(linked);
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
    // A replaced file is still watched by its previous path.
    const QStringList watched = m_watcher.directories() + m_watcher.files();
    if (!watched.isEmpty())
        m_watcher.removePaths(watched);
    bool isFailed = false;
    const QStringList unwatched = m_watcher.addPaths(paths);
    for (const QString &path : unwatched)
        isFailed = isFailed || QFileInfo::exists(path);
    if (isFailed && !m_isFailed) {
        m_listener.failed(u"%1: cannot be watched, so changes are noticed some seconds late; "
                          "raise this process's limit of open files"_s.arg(m_path));
    }
    m_isFailed = isFailed;
    m_isSilent = isOnSilentFileSystem(QFile::encodeName(directory));
}

void FileSystemWatch::setChanged()
{
    watchPath();
    m_isChanged = true;
    m_listener.changed();
}

} // namespace QZap::Internal
