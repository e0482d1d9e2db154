// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYLOAD_H
#define QZAP_CREDENTIALS_KEYS_KEYLOAD_H

#include "credentials/files/fileload.h"
#include "credentials/keys/passedovernames.h"
#include "credentials/stores/keystore.h"

#include <memory>

namespace QZap::Internal {

struct KeyLoad : FileLoad
{
    std::shared_ptr<const KeyStore> keys; // null if nothing could be read; errors has the reason
    PassedOverReport passedOver;          // of a directory that could be read
    bool isOfOtherKind = false;           // a file instead of a directory, or vice versa

    std::shared_ptr<const KeyStore> &store() { return keys; }
    const std::shared_ptr<const KeyStore> &store() const { return keys; }
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYLOAD_H
