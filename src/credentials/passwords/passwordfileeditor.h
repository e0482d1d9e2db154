// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
#define QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H

#include <QtCore/qstring.h>

#include <functional>

class QZapPasswordFile;

namespace QZap::Internal {

// Loads the file, or makes an empty one if it does not exist, passes it to edit() and saves it,
// with the file's lock held throughout. edit() returns why nothing is to be saved, or an empty
// text; it must not wait, for a user's input least of all. Returns what is wrong.
[[nodiscard]] QString editPasswordFile(const QString &file,
                                       const std::function<QString(QZapPasswordFile *)> &edit);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_PASSWORDS_PASSWORDFILEEDITOR_H
