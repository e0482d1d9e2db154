// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/editlock.h"

#include <QtCore/qfileinfo.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// In milliseconds. This only affects a lock without an owner: that of a process that was killed
// before it wrote its id.
constexpr int StaleLockTime = 1000;

} // namespace

EditLock::EditLock(const QString &file)
    : m_file(file)
    , m_lock(pathFor(file))
{
    m_lock.setStaleLockTime(StaleLockTime);
}

QString EditLock::pathFor(const QString &file)
{
    const qsizetype slash = file.lastIndexOf(u'/');
    return file.left(slash + 1) + u'.' + file.mid(slash + 1) + ".lock"_L1;
}

Problem EditLock::lock(int timeout, const QString &busy)
{
    // QLockFile would read it to find out its owner, and wait for the writer of a FIFO.
    const QFileInfo present(m_lock.fileName());
    if (present.isSymLink() || (present.exists() && !present.isFile())) {
        return {u"is in the place of a lock file, and is not a regular file; remove it"_s,
                present.filePath()};
    }
    if (!m_lock.tryLock(timeout) && m_lock.error() == QLockFile::LockFailedError)
        return {busy, m_file};
    return {};
}

} // namespace QZap::Internal
