// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_UTC_H
#define QZAP_BASE_UTC_H

#include <QtCore/qdatetime.h>
#include <QtCore/qtimezone.h>

namespace QZap::Internal {

// Returns a time in UTC, given in ms since 1970.
inline QDateTime utcTime(qint64 milliseconds)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QDateTime::fromMSecsSinceEpoch(milliseconds, QTimeZone::UTC);
#else
    return QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC); // deprecated in later versions
#endif
}

} // namespace QZap::Internal

#endif // QZAP_BASE_UTC_H
