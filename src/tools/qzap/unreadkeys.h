// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_UNREADKEYS_H
#define QZAP_TOOLS_UNREADKEYS_H

#include "base/problem.h"

#include "credentials/stores/keystore.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

// Returns a warning for each file in a key directory that seems to be intended as a certificate,
// and from which no key was read, without an error: its name does not show that it is a
// certificate. The first warnings are listed, and others counted.
[[nodiscard]] QList<QZap::Internal::Problem>
unreadKeyWarnings(const QString &directory, const QZap::Internal::KeyStore &keys);

#endif // QZAP_TOOLS_UNREADKEYS_H
