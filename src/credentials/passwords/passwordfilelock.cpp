// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilelock.h"

#include "credentials/files/editlock.h"

#include <QtCore/qfileinfo.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

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
    EditLock lock(passwordFileLocation(file));
    Problem problem = lock.lock(timeout, u"another program is editing this file; try again"_s);
    return problem ? problem : work();
}

} // namespace QZap::Internal
