// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stopwatch.h"
#include "waiting.h"
#include "watching/silentstatfs.h"
#include "watching/skippingclock.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtextstream.h>

// Watches a folder of certificates that do not change. Prints the elapsed seconds and the CPU
// seconds of the whole process, one per line.
int main(int argc, char *argv[])
{
    // After this time, files that were written shortly before they were loaded have been read
    // again.
    constexpr std::chrono::minutes Before(5);
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const bool isSilent = arguments.value(3) == QLatin1StringView("silent");
    const std::chrono::seconds time(arguments.value(2).toLongLong());
    if (arguments.size() != 4 || time.count() < 1
        || (!isSilent && arguments[3] != QLatin1StringView("reporting"))) {
        QTextStream(stderr) << "usage: qzap_benchmark_watching FOLDER SECONDS reporting|silent"
                            << Qt::endl;
        return 2;
    }
    if (isSilent)
        SilentStatfs::enable();
    QZapAuthenticator authenticator;
    if (!authenticator.configureCurve(QStringLiteral("keys"), arguments[1])
        || !waitUntilReady(authenticator)) {
        QTextStream(stderr) << authenticator.errorString() << Qt::endl;
        return 1;
    }
    SkippingClock::skip(Before);
    const Stopwatch watch;
    SkippingClock::skip(time);
    const Elapsed elapsed = watch.elapsed();
    QTextStream(stdout) << elapsed.seconds << '\n' << elapsed.cpuSeconds << Qt::endl;
    return 0;
}
