// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RULES_H
#define RULES_H

#include <QtCore/QString>

class QZapAuthenticator;
class QZapCredentialsProvider;

// The rules of a greenhouse: which sensors and operators may connect. The tests verify them.
//
// The folder contains the key list sensors.list and the password file operators. The provider
// decides which operators are on duty.
[[nodiscard]] bool applyRules(QZapAuthenticator *authenticator, const QString &folder,
                              QZapCredentialsProvider *duties);

#endif // RULES_H
