// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_SILENTFILESYSTEM_H
#define QZAP_CREDENTIALS_WATCHING_SILENTFILESYSTEM_H

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

// Whether a file system of this type, as statfs(2) numbers them, does not report what others change
// on it: the network file systems, and those whose files another process or machine makes up.
[[nodiscard]] bool isSilentFileSystem(quint64 type);
// The same of the file system that a file or directory is on; links are followed.
[[nodiscard]] bool isOnSilentFileSystem(const QByteArray &path);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_SILENTFILESYSTEM_H
