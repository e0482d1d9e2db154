// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H
#define QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns the problem of a file that is UTF-16, with or without a byte order mark: none of its
// lines means what it seems to.
[[nodiscard]] Problem utf16Problem(QByteArrayView contents);

// Returns what NUL characters in a file mean, which is in words that follow its name and line.
[[nodiscard]] QString nulText();

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H
