// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "memorymeasurement.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

namespace {

// The figures that the probe prints, each in a line.
QList<double> runProbe(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0)
        return {};
    QList<double> result;
    while (process.canReadLine())
        result.append(process.readLine().trimmed().toDouble());
    return result;
}

std::optional<double> strippedLibrarySize()
{
#ifdef QZAP_STRIP
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("library"));
    if (QProcess::execute(QStringLiteral(QZAP_STRIP),
                          {QStringLiteral("-o"), file, QStringLiteral(QZAP_LIBRARY_FILE)})
        == 0)
        return static_cast<double>(QFileInfo(file).size());
#endif
    return std::nullopt;
}

} // namespace

std::optional<Memory> measureMemory(const Fixture &fixture, QString *errorMessage)
{
    const QList<double> base = runProbe(QStringLiteral(QZAP_MEMORY_PROBE_BASE), {});
    const QList<double> qzap =
        runProbe(QStringLiteral(QZAP_MEMORY_PROBE_QZAP), {fixture.largeKeyList()});
    if (base.size() != 1 || qzap.size() != 2) {
        *errorMessage = QStringLiteral("The memory of a process cannot be measured");
        return std::nullopt;
    }
    return Memory{base[0], qzap[0], qzap[1], strippedLibrarySize()};
}
