// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_FILEWRITERS_H
#define QZAP_CREDENTIALS_WATCHING_FILEWRITERS_H

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

enum class Writers {
    None,
    Some,
    Unknown, // another user's file, a file system without leases, or not a regular file
};

// Returns whether any process has the file open for writing. Does not follow a link.
[[nodiscard]] Writers writersOf(const QByteArray &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_FILEWRITERS_H
