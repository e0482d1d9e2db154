// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_NEARESTNAME_H
#define QZAP_BASE_NEARESTNAME_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Returns how many characters have to be inserted, removed or replaced to turn one name into the
// other. Case is ignored, and '-', '_' and '.' are treated as equal. Only the beginnings of very
// long names are compared.
[[nodiscard]] qsizetype nameDistance(QByteArrayView lhs, QByteArrayView rhs);

// Returns the first of the names that are nearest to `wanted`; null if none is so similar that
// `wanted` may be a misspelling of it: at most a third of its characters differ.
[[nodiscard]] QByteArray nearestName(QByteArrayView wanted, const QList<QByteArray> &names);

// Returns the first of the names in quotes, separated by commas, and how many more there are.
[[nodiscard]] QString quotedNames(const QList<QByteArray> &names);

} // namespace QZap::Internal

#endif // QZAP_BASE_NEARESTNAME_H
