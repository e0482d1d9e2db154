// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILECHECK_H
#define QZAP_TOOLS_FILECHECK_H

#include "base/problem.h"
#include "filekind.h"

#include <QtCore/qstring.h>

// The result of checking a file or directory. Problems never quote the contents of a file, which
// may be secret.
struct FileCheck
{
    FileKind kind = FileKind::Unknown;
    QString contents; // its detected kind and contents, such as "key list, 3 keys"
    QList<QZap::Internal::Problem> errors;
    QList<QZap::Internal::Problem> warnings;
    QList<QZap::Internal::Problem> notes; // entries that are not read, with the reason
    bool isUnreadable = false;

    // Reads a file as an authenticator does. Without a kind, its name and contents determine the
    // kind; if they do not, that is an error.
    [[nodiscard]] static FileCheck of(const QString &path, FileKind kind = FileKind::Unknown);

    // Prints errors, warnings and notes as "file:line: warning: text", like compilers.
    void print() const;
};

// Returns a text such as "1 key" or "3 keys".
[[nodiscard]] QString counted(qint64 count, const QString &noun);

#endif // QZAP_TOOLS_FILECHECK_H
