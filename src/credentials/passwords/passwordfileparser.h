// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEPARSER_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEPARSER_H

#include "credentials/files/fileload.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/stores/passwordstore.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <memory>

namespace QZap::Internal {

// The maximum size: more than a hundred thousand users with the longest names and passwords.
inline constexpr qsizetype MaximumPasswordFileSize = qsizetype{64} * 1024 * 1024;

struct PasswordLoad : FileLoad
{
    std::shared_ptr<const PasswordStore> passwords; // null if nothing could be read
    qsizetype lockedUsers = 0;                      // not contained in the passwords
    // The sorted names of all users; null if not requested.
    std::shared_ptr<const QStringList> users;

    std::shared_ptr<const PasswordStore> &store() { return passwords; }
    const std::shared_ptr<const PasswordStore> &store() const { return passwords; }
};

// Parses one "name=password" per line, in czmq's format, with the password itself or an argon2id
// hash of it. A user whose password is "*" or "!" is locked out, even if other lines contain the
// same user. An invalid line, and a hash that requires more than the maximum memory, in bytes, are
// reported and ignored; the other lines remain in force. The file's name is for messages, which
// never contain a password.
[[nodiscard]] PasswordLoad parsePasswordFile(QByteArrayView contents, const QString &file,
                                             qint64 maximumHashMemory = DefaultMaximumHashMemory);
// Parses a file that was read, and adds warnings about access by others. Of a file that is open for
// writing, only complete lines are used.
[[nodiscard]] PasswordLoad parsePasswordFile(const FileRead &read, const QString &file,
                                             qint64 maximumHashMemory = DefaultMaximumHashMemory,
                                             bool isOpen = false);
// Never throws; reentrant.
[[nodiscard]] PasswordLoad loadPasswordFile(const QString &file,
                                            qint64 maximumHashMemory = DefaultMaximumHashMemory);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEPARSER_H
