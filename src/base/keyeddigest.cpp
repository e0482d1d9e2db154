// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/keyeddigest.h"

#include "base/processkey.h"
#include "base/secret.h"

#include <QtCore/qendian.h>

#include <sodium.h>

#include <cstring>

namespace QZap::Internal {

namespace {

using Parts = std::initializer_list<QByteArrayView>;

// Writes the parts, each after its size, which separates them.
void write(Parts parts, char *text)
{
    for (const QByteArrayView part : parts) {
        const quint64 size = qToLittleEndian(static_cast<quint64>(part.size()));
        std::memcpy(text, &size, sizeof size);
        text += sizeof size;
        if (!part.isEmpty())
            std::memcpy(text, part.data(), static_cast<size_t>(part.size()));
        text += part.size();
    }
}

} // namespace

KeyedDigest keyedDigest(QByteArrayView text)
{
    KeyedDigest digest;
    static_assert(sizeof(KeyedDigest) == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(digest.data(), reinterpret_cast<const uchar *>(text.data()),
                                static_cast<size_t>(text.size()), shortProcessKey());
    return digest;
}

KeyedDigest keyedDigest(Parts parts)
{
    size_t total = 0;
    for (const QByteArrayView part : parts)
        total += static_cast<size_t>(part.size()) + sizeof(quint64);
    char buffer[1024]; // enough for nearly all texts, and without an allocation
    if (total <= sizeof buffer) {
        write(parts, buffer);
        const KeyedDigest digest =
            keyedDigest(QByteArrayView(buffer, static_cast<qsizetype>(total)));
        wipe(buffer, total);
        return digest;
    }
    SecretBytes text;
    text.resize(static_cast<qsizetype>(total));
    write(parts, text.data());
    return keyedDigest(QByteArrayView(text.data(), text.size()));
}

} // namespace QZap::Internal
