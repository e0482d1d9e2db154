// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H

#include "base/problem.h"

#include <QtCore/qstring.h>

#include <functional>

namespace QZap::Internal {

// Returns the path of a password file after following links. The lock is beside it.
[[nodiscard]] QString passwordFileLocation(const QString &file);

// Holds the lock of a password file while work() is called. Returns what work() returns, or that
// another program has not released the lock within `timeout` milliseconds.
[[nodiscard]] Problem withPasswordFileLock(const QString &file,
                                           const std::function<Problem()> &work,
                                           int timeout = 10'000); // hashing on a slow board

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H
