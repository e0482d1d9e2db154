// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/keyeddigest.h"

#include "base/processkey.h"
#include "base/secret.h"

#include <QtCore/qendian.h>

#include <sodium.h>

namespace QZap::Internal {

KeyedDigest keyedDigest(std::initializer_list<QByteArrayView> parts)
{
    qsizetype total = 0;
    for (const QByteArrayView part : parts)
        total += part.size() + static_cast<qsizetype>(sizeof(quint64));
    SecretBytes text;
    text.reserve(total);
    for (const QByteArrayView part : parts) {
        // Sizes separate the parts.
        const quint64 size = qToLittleEndian(static_cast<quint64>(part.size()));
        text.append(QByteArrayView(reinterpret_cast<const char *>(&size), sizeof size));
        text.append(part);
    }
    KeyedDigest digest;
    static_assert(sizeof(KeyedDigest) == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(digest.data(), reinterpret_cast<const uchar *>(text.data()),
                                static_cast<unsigned long long>(text.size()), shortProcessKey());
    return digest;
}

} // namespace QZap::Internal
