// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/processkey.h"

#include "credentials/secret.h"

#include <sodium.h>

namespace QZap::Internal {

static_assert(ProcessKeySize == crypto_generichash_KEYBYTES);

const uchar *processKey()
{
    static const uchar *const key = [] {
        initializeSodium();
        auto *bytes = static_cast<uchar *>(sodium_malloc(ProcessKeySize));
        if (!bytes)
            qFatal("QZap: no memory for the key that passwords are kept under");
        randombytes_buf(bytes, ProcessKeySize);
        return bytes;
    }();
    return key;
}

} // namespace QZap::Internal
