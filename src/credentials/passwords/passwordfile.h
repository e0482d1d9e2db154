// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H

#include "credentials/files/repeatedreader.h"
#include "credentials/passwords/passwordfileparser.h"

#include <QtCore/qstring.h>

namespace QZap::Internal {

// A password file that is loaded repeatedly, in any thread.
class PasswordFile
{
public:
    explicit PasswordFile(const QString &file, qint64 maximumHashMemory = DefaultMaximumHashMemory,
                          WallClock clock = wallClock, SteadyClock steady = steadyClock);

    // Loads the file. The users are null if the file cannot be read, or is being written to: the
    // previous users remain in force. Of a file that is open for writing, only complete lines are
    // used, and the load is settling. It is also settling for a while after the file was removed;
    // after that, there are no users. The store and the list of users are the same objects if
    // nothing changed. Never throws. Without `withNames`, the list is null unless a former load has
    // created one with the same names.
    [[nodiscard]] PasswordLoad load(bool isOpen = false, bool withNames = true);

private:
    PasswordLoad read(bool isOpen, bool withNames);
    PasswordLoad lost(const RepeatedReader::Look &look, bool withNames);
    void setUsers(PasswordLoad *load, bool withNames) const;

    RepeatedReader m_reader;
    const qint64 m_maximumHashMemory;
    PasswordLoad m_load; // the last load
    bool m_wasRead = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H
