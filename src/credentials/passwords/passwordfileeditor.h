// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H

#include "base/problem.h"

#include <QtCore/qstring.h>

#include <functional>

class QZapPasswordFile;

namespace QZap::Internal {

// Loads the file, or starts with an empty one if it does not exist, passes it to edit() and saves
// it, holding the file's lock throughout. If edit() returns a problem, nothing is saved. edit()
// must not wait, for example for a user's input.
[[nodiscard]] Problem editPasswordFile(const QString &file,
                                       const std::function<Problem(QZapPasswordFile *)> &edit);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
