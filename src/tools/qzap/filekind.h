// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILEKIND_H
#define QZAP_TOOLS_FILEKIND_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

// The kinds of files that QZap reads.
enum class FileKind { Unknown, Certificate, Directory, KeyList, Passwords };

// Returns what a file is by its name, without a directory, and its first lines; or the reason why
// it may be several things, or none. Which one it is taken for decides who gets in, so that nothing
// is guessed that is not certain.
[[nodiscard]] QZap::Internal::Result<FileKind> guessFileKind(QByteArrayView contents,
                                                             QByteArrayView name);

#endif // QZAP_TOOLS_FILEKIND_H
