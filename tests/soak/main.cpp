// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Performs random valid operations on an authenticator and checks invariants: each request gets one
// answer, no peer is accepted that must be refused, counters and signals are consistent, and
// everything terminates. Run it with --help for its options and exit codes.

#include "soak.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

enum class ExitCode { Done = 0, Found = 1, Usage = 2 };

QAtomicPointer<Findings> currentFindings;

// An unexpected warning is a finding.
void handleMessage(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    if (type == QtDebugMsg || type == QtInfoMsg)
        return;
    const bool isExpected = message.startsWith("QZapCredentialsProvider: "_L1)
                            || message.contains("stop the authenticator first"_L1)
                            || message.contains(": no key has the field "_L1);
    if (Findings *const findings = currentFindings.loadAcquire(); findings && !isExpected)
        findings->add(u"warning: "_s + message);
}

int soak(quint32 seed, int milliseconds)
{
    std::printf("seed %u, %d ms\n", seed, milliseconds);
    (void)std::fflush(stdout);
    Findings findings(seed);
    currentFindings.storeRelease(&findings);
    {
        Soak soak(seed, findings);
        soak.run(QDeadlineTimer(milliseconds));
        std::printf("seed %u: %s\n", seed, qPrintable(soak.summary()));
    }
    currentFindings.storeRelease(nullptr);
    return findings.count();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"qzap_soak"_s);
    QLoggingCategory::setFilterRules(u"qzap*=false"_s);
    qInstallMessageHandler(handleMessage);

    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this help and end."_s);
    const QCommandLineOption seconds(u"seconds"_s, u"How long it takes in all. Default: 10."_s,
                                     u"N"_s, u"10"_s);
    const QCommandLineOption seed(
        u"seed"_s,
        u"What to do; can be given more than once, and each has its share of the time. Default: "
        "1, 2, 3, and one at random."_s,
        u"S"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Performs random valid operations on an authenticator, and checks invariants.\n\n"
        "Exit codes: 0 nothing was found, 1 something was, 2 wrong arguments."_s);
    parser.addOptions({help, seconds, seed});
    const bool isParsed = parser.parse(QCoreApplication::arguments());
    if (isParsed && parser.isSet(help)) {
        std::printf("%s", qPrintable(parser.helpText()));
        return 0;
    }
    QList<quint32> seeds;
    bool areNumbers = true;
    const int duration = parser.value(seconds).toInt(&areNumbers);
    const QStringList given = parser.values(seed);
    for (const QString &text : given) {
        bool isNumber = false;
        seeds.append(text.toUInt(&isNumber));
        areNumbers = areNumbers && isNumber;
    }
    if (!isParsed || !areNumbers || duration < 1 || !parser.positionalArguments().isEmpty()) {
        (void)std::fprintf(stderr, "qzap_soak: wrong arguments: see qzap_soak --help\n");
        return static_cast<int>(ExitCode::Usage);
    }
    if (seeds.isEmpty())
        seeds = {1, 2, 3, QRandomGenerator::global()->generate()};

    int found = 0;
    for (const quint32 each : std::as_const(seeds))
        found += soak(each, duration * 1000 / static_cast<int>(seeds.size()));
    std::printf("found: %d\n", found);
    return static_cast<int>(found == 0 ? ExitCode::Done : ExitCode::Found);
}
