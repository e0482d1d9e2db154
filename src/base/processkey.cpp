// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/processkey.h"

#include "base/secret.h"

#include <sodium.h>

namespace QZap::Internal {

static_assert(ProcessKeySize == crypto_generichash_KEYBYTES);

namespace {

const uchar *newKey(std::size_t size)
{
    initializeSodium();
    auto *bytes = static_cast<uchar *>(sodium_malloc(size));
    if (!bytes)
        qFatal("QZap: no memory for the key of password digests");
    randombytes_buf(bytes, size);
    return bytes;
}

} // namespace

const uchar *processKey()
{
    static const uchar *const key = newKey(ProcessKeySize);
    return key;
}

const uchar *shortProcessKey()
{
    static const uchar *const key = newKey(crypto_shorthash_siphashx24_KEYBYTES);
    return key;
}

} // namespace QZap::Internal
