// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "subprocess.h"

#include <QtCore/qprocess.h>

QList<double> figuresOf(const QString &program, const QStringList &arguments)
{
    constexpr int Timeout = 120000; // ms
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    if (!process.waitForFinished(Timeout) || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0)
        return {};
    QList<double> result;
    while (process.canReadLine())
        result.append(process.readLine().trimmed().toDouble());
    return result;
}
