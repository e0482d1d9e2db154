// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Hundreds of peers connect at once to a server that asks a slow directory about each of them. All
// are accepted after little more than the time of one decision, since the decisions wait
// concurrently. Server, directory and peers are in one process. Run it with --help for its options
// and exit codes.

#include "descriptorlimit.h"
#include "rush.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qtextstream.h>
#include <QtCore/qtimer.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

enum class ExitCode { Done = 0, ZeroMQ = 1, Usage = 2, Descriptors = 3, Unsettled = 4 };

constexpr int MostPeers = 10000;
constexpr int LongestDelay = 5000; // a handshake may take 10 seconds
constexpr auto TimeToSettle = 30s;

int end(ExitCode code, const QString &message)
{
    QTextStream(stderr) << "asyncprovider: " << message << Qt::endl;
    if (code == ExitCode::Usage)
        QTextStream(stderr) << "asyncprovider: see asyncprovider --help" << Qt::endl;
    return static_cast<int>(code);
}

int run(const Options &options)
{
    const int descriptors = Rush::neededDescriptors(options.peers);
    if (!DescriptorLimit::raise(descriptors)) {
        return end(ExitCode::Descriptors,
                   u"%1 peers need %2 descriptors, more than this process may have: lift the limit "
                   "(ulimit -n %2), or use fewer --peers"_s.arg(options.peers)
                       .arg(descriptors));
    }
    try {
        Rush rush(options);
        QObject::connect(&rush, &Rush::settled, qApp, &QCoreApplication::quit,
                         Qt::QueuedConnection);
        if (const auto problem = rush.start())
            return end(ExitCode::ZeroMQ, *problem);
        QTimer::singleShot(TimeToSettle, qApp, &QCoreApplication::quit);
        QCoreApplication::exec();
        rush.printSummary();
        if (!rush.isAsExpected())
            return end(ExitCode::Unsettled, u"not all permitted peers were accepted"_s);
    } catch (const zmq::error_t &error) {
        return end(ExitCode::ZeroMQ, QString::fromLocal8Bit(error.what()));
    }
    return static_cast<int>(ExitCode::Done);
}

// Returns false if the text is not a number from `least` to `most`.
bool readNumber(const QString &text, int least, int most, int *number)
{
    bool isNumber = false;
    *number = text.toInt(&isNumber);
    return isNumber && *number >= least && *number <= most;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"asyncprovider"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));
    QLoggingCategory::setFilterRules(u"qzap.info=false"_s); // refusals are counted, not listed

    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this help and end."_s);
    const QCommandLineOption version({u"v"_s, u"version"_s}, u"Show the version and end."_s);
    const QCommandLineOption peers(
        u"peers"_s, u"How many connect, 1 to %1. Default: 500."_s.arg(MostPeers), u"N"_s, u"500"_s);
    const QCommandLineOption delay(
        u"delay"_s,
        u"How long the directory takes for each, 0 to %1 ms. Default: 200."_s.arg(LongestDelay),
        u"MS"_s, u"200"_s);
    const QCommandLineOption refuse(
        u"refuse"_s, u"Whom the directory refuses, peer1 to peerN; can be given more than once."_s,
        u"NAME"_s);
    const QCommandLineOption workerThread(u"worker-thread"_s,
                                          u"Answer on a private thread of the authenticator."_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Connects PLAIN peers at once to a server in the same process, which asks a slow "
        u"directory "
        "about each of them, and prints how many were accepted, and when the first and the last "
        "were.\n\n"
        "Each peer takes three descriptors; the soft limit is raised if permitted.\n\n"
        "Exit codes: 0 all were accepted except those to be refused, 1 ZeroMQ failed, 2 wrong "
        "arguments, 3 "
        "not enough descriptors, 4 others were accepted, or not all within 30 seconds."_s);
    parser.addOptions({help, version, peers, delay, refuse, workerThread});
    if (!parser.parse(QCoreApplication::arguments()))
        return end(ExitCode::Usage, parser.errorText());
    if (parser.isSet(help)) {
        QTextStream(stdout) << parser.helpText();
        return 0;
    }
    if (parser.isSet(version)) {
        QTextStream(stdout) << "asyncprovider " << QCoreApplication::applicationVersion()
                            << Qt::endl;
        return 0;
    }
    if (!parser.positionalArguments().isEmpty()) {
        return end(ExitCode::Usage,
                   u"Unexpected argument '%1'."_s.arg(parser.positionalArguments().constFirst()));
    }

    Options options;
    if (!readNumber(parser.value(peers), 1, MostPeers, &options.peers))
        return end(ExitCode::Usage, u"--peers takes a number from 1 to %1."_s.arg(MostPeers));
    int milliseconds = 0;
    if (!readNumber(parser.value(delay), 0, LongestDelay, &milliseconds))
        return end(ExitCode::Usage, u"--delay takes a number from 0 to %1."_s.arg(LongestDelay));
    options.delay = std::chrono::milliseconds(milliseconds);
    options.workerThread = parser.isSet(workerThread);
    const QStringList names = parser.values(refuse);
    for (const QString &name : names) {
        int number = 0;
        if (!readNumber(name.mid(4), 1, options.peers, &number) || name != Options::nameOf(number))
            return end(ExitCode::Usage, u"--refuse: there is no peer '%1'."_s.arg(name));
        options.refused.insert(name);
    }
    return run(options);
}
