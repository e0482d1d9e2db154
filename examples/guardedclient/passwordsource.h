// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PASSWORDSOURCE_H
#define PASSWORDSOURCE_H

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>

// Reads the password, but never from the command line, which every user of the computer can read.
namespace PasswordSource {

inline constexpr char Variable[] = "GUARDEDCLIENT_PASSWORD";

// Returns the first line of the file, or the environment variable if no file is named.
std::optional<QByteArray> read(const QString &file, QString *errorMessage);

} // namespace PasswordSource

#endif // PASSWORDSOURCE_H
