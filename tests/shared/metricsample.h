// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef METRICSAMPLE_H
#define METRICSAMPLE_H

#include <QZap/qzapopenmetrics.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

// Returns the value of a sample in an authenticator's metrics, by its name with its labels; empty
// for an unknown one.
inline QByteArray metricSample(const QZapAuthenticator *authenticator, const QByteArray &name)
{
    const QByteArrayList lines = QZap::openMetrics(authenticator).split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(name + ' '))
            return line.mid(name.size() + 1);
    }
    return {};
}

#endif // METRICSAMPLE_H
