// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_EDITLOCK_H
#define QZAP_CREDENTIALS_FILES_EDITLOCK_H

#include "base/problem.h"

#include <QtCore/qlockfile.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Lets one program at a time write a file. The lock is a file beside it, until this object is
// destroyed.
class EditLock
{
public:
    explicit EditLock(const QString &file);

    // Waits for at most this time, in ms. Returns a problem with the text `busy` if another program
    // still holds the lock. If no lock file can be created, returns none: the file cannot be
    // written either, and the writer reports why.
    [[nodiscard]] Problem lock(int timeout, const QString &busy);

    // Returns the path of the lock file. It is hidden, so that a key directory ignores it.
    static QString pathFor(const QString &file);

private:
    QString m_file;
    QLockFile m_lock;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_EDITLOCK_H
