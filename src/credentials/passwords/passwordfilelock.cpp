// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilelock.h"

#include "credentials/files/filewriter.h"
#include "credentials/passwords/qzappasswordfile_p.h"

#include <QtCore/qlockfile.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// Milliseconds.
constexpr int LockTimeout = 10'000; // a hash on a slow board takes some of them
// Only a lock that nobody holds can be taken away: of one who was killed before writing who it is.
constexpr int StaleLockTime = 1000;

} // namespace

QString withPasswordFileLock(const QString &file, const std::function<QString()> &work)
{
    QLockFile lock(FileWriter::lockPath(QZapPasswordFilePrivate::locationOf(file)));
    lock.setStaleLockTime(StaleLockTime);
    // Where there can be no lock, there can be no file either, and the writer knows why.
    if (!lock.tryLock(LockTimeout) && lock.error() == QLockFile::LockFailedError)
        return u"%1: another program is editing this file; try again"_s.arg(file);
    return work();
}

QString editPasswordFile(const QString &file,
                         const std::function<QString(QZapPasswordFile *)> &edit)
{
    return withPasswordFileLock(file, [&]() -> QString {
        QZapPasswordFilePrivate::Load load = QZapPasswordFilePrivate::load(file);
        if (load.error == FileError::NotFound)
            load.passwords.emplace();
        if (!load.passwords)
            return load.problem;
        QString problem = edit(&*load.passwords);
        return problem.isEmpty() ? QZapPasswordFilePrivate::write(*load.passwords, file) : problem;
    });
}

} // namespace QZap::Internal
