// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_PUBLICKEY_H
#define QZAP_CREDENTIALS_CERTIFICATES_PUBLICKEY_H

#include "base/secret.h"
#include "protocol/z85.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns the public key that belongs to 32 bytes as a secret key. Takes some 0.05 ms.
[[nodiscard]] SecretArray<CurveKeySize> publicKeyOf(QByteArrayView secretKey);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_PUBLICKEY_H
