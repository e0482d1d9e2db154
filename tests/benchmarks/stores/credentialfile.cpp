// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/credentialfile.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <cerrno>
#include <cstdio>

bool CredentialFile::create(const QByteArray &contents, QString *errorMessage)
{
    if (!m_folder.isValid() || !QDir(m_folder.path()).mkdir(QStringLiteral("current"))) {
        *errorMessage = QStringLiteral("No temporary folder: ") + m_folder.errorString();
        return false;
    }
    return prepare(contents, errorMessage) && replace(errorMessage);
}

bool CredentialFile::prepare(const QByteArray &contents, QString *errorMessage) const
{
    const QFileDevice::Permissions onlyMine = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    QFile out(nextPath());
    if (out.open(QIODevice::WriteOnly) && out.setPermissions(onlyMine)
        && out.write(contents) == contents.size() && out.flush())
        return true;
    *errorMessage = QStringLiteral("%1: %2").arg(out.fileName(), out.errorString());
    return false;
}

bool CredentialFile::replace(QString *errorMessage) const
{
    if (std::rename(QFile::encodeName(nextPath()).constData(),
                    QFile::encodeName(path()).constData())
        == 0)
        return true;
    *errorMessage = QStringLiteral("%1: %2").arg(path(), qt_error_string(errno));
    return false;
}
