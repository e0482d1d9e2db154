// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_NEARESTNAME_H
#define QZAP_BASE_NEARESTNAME_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

namespace QZap::Internal {

// Returns how many characters have to be inserted, removed or replaced to make one name of the
// other. Upper and lower case are the same, and so are '-', '_' and '.'. Names that are very long
// are compared by their beginnings.
[[nodiscard]] qsizetype nameDistance(QByteArrayView lhs, QByteArrayView rhs);

// Returns the name that is nearest to `wanted`; of several, the first one. Null without names.
[[nodiscard]] QByteArray nearestName(QByteArrayView wanted, const QList<QByteArray> &names);

} // namespace QZap::Internal

#endif // QZAP_BASE_NEARESTNAME_H
