// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilelock.h"

#include "credentials/files/filewriter.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qlockfile.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Milliseconds.
constexpr int LockTimeout = 10'000; // a hash on a slow board takes some of them
// Only a lock that nobody holds can be taken away: of one who was killed before writing who it is.
constexpr int StaleLockTime = 1000;

} // namespace

QString passwordFileLocation(const QString &file)
{
    const QFileInfo info(file);
    if (QString location = info.canonicalFilePath(); !location.isEmpty())
        return location;
    // What is not there yet is somewhere nevertheless.
    const QString directory = QFileInfo(info.path()).canonicalFilePath();
    return directory.isEmpty() ? file : directory + u'/' + info.fileName();
}

Problem withPasswordFileLock(const QString &file, const std::function<Problem()> &work)
{
    QLockFile lock(FileWriter::lockPath(passwordFileLocation(file)));
    lock.setStaleLockTime(StaleLockTime);
    // Where there can be no lock, there can be no file either, and the writer knows why.
    if (!lock.tryLock(LockTimeout) && lock.error() == QLockFile::LockFailedError)
        return {u"another program is editing this file; try again"_s, file};
    return work();
}

} // namespace QZap::Internal
