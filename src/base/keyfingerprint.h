// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_KEYFINGERPRINT_H
#define QZAP_BASE_KEYFINGERPRINT_H

#include <QtCore/qbytearrayview.h>

#include <array>

namespace QZap::Internal {

using KeyFingerprint = std::array<char, 16>;

// Returns the first 16 hexadecimal digits, in lower case, of the BLAKE2b digest (64 bytes, without
// a key) of a public key: short enough for a log, and the same in every process.
[[nodiscard]] KeyFingerprint keyFingerprint(QByteArrayView publicKey);

} // namespace QZap::Internal

#endif // QZAP_BASE_KEYFINGERPRINT_H
