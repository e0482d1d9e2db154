// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CREDENTIALFILE_H
#define CREDENTIALFILE_H

#include "memoryfolder.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

// A key list or password file that is replaced as a whole, as editors and deployments do.
class CredentialFile
{
public:
    // Writes the first contents. Like the other functions, returns whether it succeeded; otherwise
    // sets *errorMessage.
    bool create(const QByteArray &contents, QString *errorMessage);
    // Writes the next contents beside the file, in another folder.
    bool prepare(const QByteArray &contents, QString *errorMessage) const;
    // Replaces the file with the prepared one.
    bool replace(QString *errorMessage) const;

    QString path() const { return m_folder.filePath(QStringLiteral("current/credentials")); }

private:
    QString nextPath() const { return m_folder.filePath(QStringLiteral("next")); }

    MemoryFolder m_folder;
};

#endif // CREDENTIALFILE_H
