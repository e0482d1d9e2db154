// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_AUDITSETTINGS_H
#define QZAP_OBSERVERS_AUDITSETTINGS_H

#include <QtCore/qglobal.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Where and how an audit log is written.
struct AuditSettings
{
    // The name of standard output.
    static QString standardOutput() { return QStringLiteral("-"); }

    QString path;                                   // absolute, or standard output; empty: nothing
    qint64 maximumSize = qint64{100} * 1024 * 1024; // bytes; 0: no limit
    int maximumAge = 0;                             // s; 0: no limit
    int maximumFiles = 10;                          // that are kept beside the current one
    int syncInterval = 1000;                        // ms; negative: never
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_AUDITSETTINGS_H
