// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilelock.h"

#include "credentials/files/filewriter.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qlockfile.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// In milliseconds. This only affects a lock without an owner: that of a process that was killed
// before it wrote its id.
constexpr int StaleLockTime = 1000;

} // namespace

QString passwordFileLocation(const QString &file)
{
    const QFileInfo info(file);
    if (QString location = info.canonicalFilePath(); !location.isEmpty())
        return location;
    // The directory exists even if the file does not exist yet.
    const QString directory = QFileInfo(info.path()).canonicalFilePath();
    return directory.isEmpty() ? file : directory + u'/' + info.fileName();
}

Problem withPasswordFileLock(const QString &file, const std::function<Problem()> &work, int timeout)
{
    QLockFile lock(FileWriter::lockPath(passwordFileLocation(file)));
    lock.setStaleLockTime(StaleLockTime);
    // If no lock file can be created, the writer fails as well, with the reason.
    if (!lock.tryLock(timeout) && lock.error() == QLockFile::LockFailedError)
        return {u"another program is editing this file; try again"_s, file};
    return work();
}

} // namespace QZap::Internal
