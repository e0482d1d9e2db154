// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILEKIND_H
#define QZAP_TOOLS_FILEKIND_H

#include <QtCore/qbytearrayview.h>

// The kinds of files that QZap reads.
enum class FileKind { Unknown, Certificate, Directory, KeyList, Passwords };

// Guesses from the first lines of a file. If they are ambiguous, the majority decides.
[[nodiscard]] FileKind guessFileKind(QByteArrayView contents);

#endif // QZAP_TOOLS_FILEKIND_H
