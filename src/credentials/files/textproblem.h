// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H
#define QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns the problem of a file that is UTF-16, with or without a byte order mark: its lines would
// be misinterpreted.
[[nodiscard]] Problem utf16Problem(QByteArrayView contents);

// Returns an explanation of NUL characters in a file, as a text that follows the file's name and
// line.
[[nodiscard]] QString nulText();

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_TEXTPROBLEM_H
