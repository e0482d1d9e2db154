// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_VALIDITY_H
#define QZAP_TOOLS_VALIDITY_H

#include "base/problem.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qstring.h>

// Returns the end of a period that starts at `from` and is given as a number and a unit: "12h",
// "90d", "6w", "2y". Years are calendar years.
[[nodiscard]] QZap::Internal::Result<QDateTime> endOfValidity(const QString &period,
                                                              const QDateTime &from);

#endif // QZAP_TOOLS_VALIDITY_H
