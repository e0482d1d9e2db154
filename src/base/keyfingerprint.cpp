// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/keyfingerprint.h"

#include <QtCore/qglobal.h>

#include <sodium.h>

namespace QZap::Internal {

KeyFingerprint keyFingerprint(QByteArrayView publicKey)
{
    std::array<uchar, crypto_generichash_blake2b_BYTES_MAX> digest;
    crypto_generichash_blake2b(digest.data(), digest.size(),
                               reinterpret_cast<const uchar *>(publicKey.data()),
                               static_cast<unsigned long long>(publicKey.size()), nullptr, 0);
    KeyFingerprint result;
    for (size_t i = 0; i < result.size(); ++i) {
        const unsigned nibble = digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf;
        result[i] = "0123456789abcdef"[nibble];
    }
    return result;
}

} // namespace QZap::Internal
