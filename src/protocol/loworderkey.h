// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_LOWORDERKEY_H
#define QZAP_PROTOCOL_LOWORDERKEY_H

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns whether a CURVE public key of 32 bytes is one of the low-order points of Curve25519 (RFC
// 7748, section 6.1). With every secret key, it results in the same shared secret of all zeros, so
// it proves nothing about its holder. Other non-canonical values are not refused.
[[nodiscard]] bool isLowOrderKey(QByteArrayView key);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_LOWORDERKEY_H
