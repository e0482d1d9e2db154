// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "memorymeasurement.h"

#include "subprocess.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

namespace {

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
    const QList<double> base = figuresOf(QStringLiteral(QZAP_MEMORY_PROBE_BASE), {});
    const QList<double> qzap =
        figuresOf(QStringLiteral(QZAP_MEMORY_PROBE_QZAP), {fixture.largeKeyList()});
    if (base.size() != 1 || qzap.size() != 2) {
        *errorMessage = QStringLiteral("The memory of a process cannot be measured");
        return std::nullopt;
    }
    return Memory{base[0], qzap[0], qzap[1], strippedLibrarySize()};
}
