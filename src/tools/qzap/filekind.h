// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_FILEKIND_H
#define QZAP_TOOLS_FILEKIND_H

#include <QtCore/qbytearrayview.h>

// What a file may be to QZap.
enum class FileKind { Unknown, Certificate, Directory, KeyList, Passwords };

// By the first lines of a file. Where they could be several things, what most of them look like.
[[nodiscard]] FileKind guessFileKind(QByteArrayView contents);

#endif // QZAP_TOOLS_FILEKIND_H
