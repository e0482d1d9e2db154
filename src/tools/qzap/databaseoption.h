// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_DATABASEOPTION_H
#define QZAP_TOOLS_DATABASEOPTION_H

#include "sql/database/sqloptions.h"

#include <QtCore/qstring.h>

// Returns the database that a value of --database names: "postgresql:" followed by settings of
// libpq, or the name of an SQLite file, which needs "sqlite:" in front only if it starts with one
// of these.
[[nodiscard]] QZap::Internal::SqlOptions databaseOf(const QString &value);

#endif // QZAP_TOOLS_DATABASEOPTION_H
