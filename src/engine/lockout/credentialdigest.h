// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_CREDENTIALDIGEST_H
#define QZAP_ENGINE_LOCKOUT_CREDENTIALDIGEST_H

#include <QtCore/qglobal.h>

namespace QZap::Internal {

// Digests of a user name at an address, and of a user name with a password. None is 0.
struct CredentialDigest
{
    quint32 user = 0;
    quint32 credential = 0;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_CREDENTIALDIGEST_H
