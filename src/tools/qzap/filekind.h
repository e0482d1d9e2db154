// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILEKIND_H
#define QZAP_TOOLS_FILEKIND_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qmap.h>
#include <QtCore/qstring.h>

// The kinds of files that QZap reads.
enum class FileKind { Unknown, Certificate, Directory, KeyList, Passwords };

// Returns the kinds by their names in options.
[[nodiscard]] QMap<QString, FileKind> fileKinds();

// Returns the kind of a file by its name, without a directory, and its first lines; or the problem
// if several kinds or none are possible. Nothing uncertain is guessed, since the kind determines
// who gets in.
[[nodiscard]] QZap::Internal::Result<FileKind> guessFileKind(QByteArrayView contents,
                                                             QByteArrayView name);

#endif // QZAP_TOOLS_FILEKIND_H
