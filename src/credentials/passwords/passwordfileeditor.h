// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H

#include "base/problem.h"

#include <QtCore/qstring.h>

#include <functional>

class QZapPasswordFile;

namespace QZap::Internal {

// Loads the file, or makes an empty one if it does not exist, passes it to edit() and saves it,
// with the file's lock held throughout. edit() returns why nothing is to be saved, if so; it must
// not wait, for a user's input least of all.
[[nodiscard]] Problem editPasswordFile(const QString &file,
                                       const std::function<Problem(QZapPasswordFile *)> &edit);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
