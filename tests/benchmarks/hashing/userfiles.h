// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef USERFILES_H
#define USERFILES_H

#include "memoryfolder.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

// Password files with users "user0", "user1" and so on, who have the same password.
class UserFiles
{
public:
    static constexpr char UserName[] = "user";
    static constexpr char Password[] = "correct horse battery staple";

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool create(qint64 users, qint64 coldUsers, QString *errorMessage);

    QString plain() const { return m_folder.filePath(QStringLiteral("plain")); }
    // Returns a file with the same users and the cheapest hashes, since each of them is checked
    // only once.
    QString hashed() const { return m_folder.filePath(QStringLiteral("hashed")); }
    // Returns a file with hashes as the library creates them.
    QString cold() const { return m_folder.filePath(QStringLiteral("cold")); }

private:
    static bool write(const QString &file, qint64 users, const QByteArray &value,
                      QString *errorMessage);

    MemoryFolder m_folder;
};

#endif // USERFILES_H
