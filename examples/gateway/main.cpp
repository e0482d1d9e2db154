// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A gateway between authenticated clients and the programs behind it: requests of clients are
// passed to the programs, with the user id of the client, and publications of the programs to the
// clients. Clients whose keys are removed, from files or from a database, are disconnected at once.
//
// The gateway passes the messages itself: zmq_proxy() would not ask whether their clients are still
// authorized, and would drop what libzmq says about them. For the options, run it with --help; for
// the settings, see gateway.ini.

#include "configurationfile.h"
#include "console.h"
#include "gateway.h"
#include "terminationsignals.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

using namespace Qt::StringLiterals;

namespace {

int end(const Failure &failure)
{
    const QStringList lines = failure.message.split(u'\n');
    for (const QString &line : lines)
        Console::printError(line);
    if (failure.code == ExitCode::Usage)
        Console::printError(u"see gateway --help"_s);
    return static_cast<int>(failure.code);
}

int run(const QString &fileName, bool isCheck)
{
    const TerminationSignals signalHandlers; // before the sockets, so that they are always closed
    const auto early = QObject::connect(&signalHandlers, &TerminationSignals::received, qApp,
                                        &QCoreApplication::quit, Qt::QueuedConnection);
    ConfigurationFile file(fileName);
    if (const auto failure = file.read())
        return end(*failure);
    try {
        zmq::context_t context;
        Gateway gateway(context, file.options());
        if (auto failure = gateway.prepare()) {
            failure->message.prepend(fileName + u": "_s);
            return end(*failure);
        }
        if (isCheck)
            return 0;
        if (const auto failure = gateway.start())
            return end(*failure);
        gateway.announce();
        QObject::disconnect(early);
        int signalCount = 0;
        QObject::connect(&signalHandlers, &TerminationSignals::received, &gateway,
                         [&gateway, &signalCount] {
                             if (++signalCount > 1) // do not wait any longer
                                 gateway.close();
                             else
                                 gateway.stop();
                         });
        QObject::connect(&gateway, &Gateway::stopped, qApp, &QCoreApplication::quit);
        return QCoreApplication::exec();
    } catch (const zmq::error_t &error) { // for example, no descriptors are left
        return end({ExitCode::ZeroMQ, u"ZeroMQ: "_s + QString::fromLocal8Bit(error.what())});
    }
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"gateway"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Passes requests of authenticated ZeroMQ clients to the programs behind it, and "
        "publications of these programs to the clients. A client whose key is removed is "
        "disconnected at once.\n\n"
        "Prints its endpoints and its public key, then the line \"ready\". SIGINT and SIGTERM end "
        "it once the requests that it has passed on are answered; a second signal ends it at "
        "once.\n\n"
        "Exit codes: 0 ended by a signal, 1 ZeroMQ failed, 2 wrong arguments, 3 the configuration "
        "file, or what it names, cannot be used, 4 another ZAP handler is running in its place, 5 "
        "it cannot listen there."_s);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Show this help and end."_s);
    const QCommandLineOption version({u"v"_s, u"version"_s}, u"Show the version and end."_s);
    const QCommandLineOption check(u"check"_s, u"Check the configuration file, and end."_s);
    parser.addOptions({help, version, check});
    parser.addPositionalArgument(u"file"_s, u"The configuration: see gateway.ini."_s);
    if (!parser.parse(QCoreApplication::arguments()))
        return end({ExitCode::Usage, parser.errorText()});
    if (parser.isSet(help)) {
        Console::print(parser.helpText().trimmed());
        return 0;
    }
    if (parser.isSet(version)) {
        Console::print(u"gateway "_s + QCoreApplication::applicationVersion());
        return 0;
    }
    if (parser.positionalArguments().size() != 1)
        return end({ExitCode::Usage, u"Name one configuration file."_s});
    return run(parser.positionalArguments().constFirst(), parser.isSet(check));
}
