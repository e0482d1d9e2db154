// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H

#include <QtCore/qstring.h>

#include <functional>

class QZapPasswordFile;

namespace QZap::Internal {

// Keeps other editors of a password file out while work() is done. Returns what it returns, or
// that somebody else does not come to an end.
[[nodiscard]] QString withPasswordFileLock(const QString &file,
                                           const std::function<QString()> &work);

// Loads the file, or begins a new one where there is none, has it edited and saves it, and lets
// no other editor come in between. edit() returns why nothing is to be saved, or nothing; it does
// not wait for anybody, a user who types least of all. Returns what is wrong.
[[nodiscard]] QString editPasswordFile(const QString &file,
                                       const std::function<QString(QZapPasswordFile *)> &edit);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILELOCK_H
