// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H

#include "credentials/files/repeatedreader.h"
#include "credentials/passwords/passwordfileparser.h"

#include <QtCore/qstring.h>

namespace QZap::Internal {

// A password file that is loaded again and again, on whichever thread.
class PasswordFile
{
public:
    explicit PasswordFile(const QString &file, qint64 maximumHashMemory = DefaultMaximumHashMemory,
                          WallClock clock = wallClock, SteadyClock steady = steadyClock);

    // Without users if what it said last shall hold: it cannot be read, or is written to just now.
    // One that is open for writing says what its whole lines say, and who is missing may yet come.
    // So may everybody for a while after it was lost; then it has no users any more. The same store
    // and list of users if nothing changed. Never throws.
    [[nodiscard]] PasswordLoad load(bool isOpen = false);

private:
    PasswordLoad read(bool isOpen);
    PasswordLoad lost(const RepeatedReader::Look &look);
    void setUsers(PasswordLoad *load) const;

    RepeatedReader m_reader;
    const qint64 m_maximumHashMemory;
    PasswordLoad m_load; // what was read last
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILE_H
