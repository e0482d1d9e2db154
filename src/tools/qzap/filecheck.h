// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILECHECK_H
#define QZAP_TOOLS_FILECHECK_H

#include "base/problem.h"
#include "filekind.h"

#include <QtCore/qstring.h>

// What is to be said about a file or directory. No problem quotes what stands in a file: that may
// be a secret.
struct FileCheck
{
    FileKind kind = FileKind::Unknown;
    QString contents; // what it was taken for and what is in it, "key list, 3 keys"
    QList<QZap::Internal::Problem> errors;
    QList<QZap::Internal::Problem> warnings;
    QList<QZap::Internal::Problem> notes; // what is not read, and why
    bool isUnreadable = false;

    // As an authenticator reads it; where no kind is given, its contents tell.
    [[nodiscard]] static FileCheck of(const QString &path, FileKind kind = FileKind::Unknown);
};

// "1 key", "3 keys"
[[nodiscard]] QString counted(qsizetype count, const QString &noun);

#endif // QZAP_TOOLS_FILECHECK_H
