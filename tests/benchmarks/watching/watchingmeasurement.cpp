// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "watching/watchingmeasurement.h"

#include "stores/certificatefolder.h"
#include "subprocess.h"

#include <QtCore/qtextstream.h>

#include <algorithm>

bool measureWatching([[maybe_unused]] const Options &options, [[maybe_unused]] Results *results,
                     [[maybe_unused]] QString *errorMessage)
{
#ifdef QZAP_WATCHING_PROGRAM
    constexpr int MaximumRounds = 3;
    CertificateFolder folder;
    if (!folder.create(options.certificates, errorMessage))
        return false;
    const QString what = QStringLiteral("watching %1 files").arg(options.certificates);
    QList<WatchingRow> rows{
        {QStringLiteral("reporting"), what, {}, {}},
        {QStringLiteral("silent"), what + QStringLiteral(", no reports of changes"), {}, {}}};
    const int rounds = std::min(options.rounds, MaximumRounds);
    for (int round = 0; round < rounds; ++round) {
        QTextStream(stderr) << "watching: round " << round + 1 << " of " << rounds << Qt::endl;
        for (WatchingRow &row : rows) {
            const QList<double> figures =
                figuresOf(QStringLiteral(QZAP_WATCHING_PROGRAM),
                          {folder.path(), QString::number(options.watchSeconds), row.fileSystem});
            if (figures.size() != 2) {
                *errorMessage = QStringLiteral("The cost of watching cannot be measured");
                return false;
            }
            row.seconds.add(figures[0]);
            row.cpu.add(figures[1]);
        }
    }
    results->watching += rows;
#endif
    return true;
}
