// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_READONLYIMAGE_H
#define QZAP_SQL_DATABASE_READONLYIMAGE_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Returns whether nobody can change the file while it is mounted: its file system is read-only, and
// on a device of this computer. A mount that is read-only for this process alone does not count, as
// services have it (ProtectSystem=strict), nor does a file without write permission. Linux only.
[[nodiscard]] bool isOnReadOnlyImage(const QString &file);

// Returns it of the device with these numbers, by the contents of /proc/self/mountinfo.
[[nodiscard]] bool isReadOnlyImage(QByteArrayView mountInfo, quint32 major, quint32 minor);

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_READONLYIMAGE_H
