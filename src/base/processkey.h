// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_PROCESSKEY_H
#define QZAP_BASE_PROCESSKEY_H

#include <QtCore/qglobal.h>

#include <cstddef>

namespace QZap::Internal {

inline constexpr std::size_t ProcessKeySize = 32;

// Returns the key of password digests, which are useless outside of this process. It is random,
// generated at first use and kept for the life of the process, in memory that is never swapped out.
// Thread-safe.
const uchar *processKey();
// Returns another key with the same properties, of crypto_shorthash_siphashx24_KEYBYTES bytes.
const uchar *shortProcessKey();

} // namespace QZap::Internal

#endif // QZAP_BASE_PROCESSKEY_H
