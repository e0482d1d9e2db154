// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/publickey.h"

#include <QtCore/qglobal.h>

#include <sodium.h>

namespace QZap::Internal {

SecretArray<CurveKeySize> publicKeyOf(QByteArrayView secretKey)
{
    Q_ASSERT(secretKey.size() == CurveKeySize);
    SecretArray<CurveKeySize> publicKey;
    // Only fails for a number that is a multiple of the group's order, which clamping prevents.
    if (crypto_scalarmult_base(publicKey.data(), reinterpret_cast<const uchar *>(secretKey.data()))
        != 0) {
        sodium_memzero(publicKey.data(), CurveKeySize);
    }
    return publicKey;
}

} // namespace QZap::Internal
