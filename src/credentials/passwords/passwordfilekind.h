// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEKIND_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEKIND_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns whether a name is typical of a user. A part of a random key rarely is.
[[nodiscard]] bool isLikelyUser(QByteArrayView name);

// Returns what a file seems to be instead of a password file, and what to do: a password that is
// added to it would be exposed, or would damage the file. Returns an empty problem for a file
// without users, and for one that has valid lines among invalid ones. The problem has no file, and
// quotes nothing.
[[nodiscard]] Problem otherFileProblem(QByteArrayView contents);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEKIND_H
