// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREOPTIONS_H
#define QZAP_TOOLS_STOREOPTIONS_H

#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariantmap.h>

// Functions for values of options that several commands have.
namespace StoreOptions {

// Returns the 32 bytes of a public key in Z85.
[[nodiscard]] QZap::Internal::Result<QByteArray> keyOf(const QString &text);
[[nodiscard]] QZap::Internal::Result<QVariantMap> fieldsOf(const QStringList &values);
[[nodiscard]] QZap::Internal::Result<QDateTime> timeOf(const QString &text);
// Returns a time in milliseconds since 1970 as a time of expiry.
[[nodiscard]] QDateTime timeOf(qint64 milliseconds);
// Returns a memory for hashes in MiB.
[[nodiscard]] QZap::Internal::Result<int> memoryOf(const QString &text);

inline constexpr int MaximumMemory = 64; // MiB

} // namespace StoreOptions

#endif // QZAP_TOOLS_STOREOPTIONS_H
