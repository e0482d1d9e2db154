// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A server on loopback TCP that accepts known clients, and prints each decision with its reason.
// Clients whose credentials are removed are disconnected at once.
//
// Three sockets (CURVE, PLAIN, NULL), each in a domain of its own, are guarded by one
// QZapAuthenticator and served by the Qt event loop; each has a QZapGuard. Run it with --help for
// its options and exit codes.

#include "commandline.h"
#include "console.h"
#include "guardedserver.h"
#include "terminationsignals.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

using namespace Qt::StringLiterals;

namespace {

int end(const Failure &failure)
{
    Console::printError(failure.message);
    if (failure.code == ExitCode::Usage)
        Console::printError(u"see guardedserver --help"_s);
    return static_cast<int>(failure.code);
}

int serve(const ServerOptions &options)
{
    const TerminationSignals signalHandlers; // before the sockets, so that they are always closed
    QObject::connect(&signalHandlers, &TerminationSignals::received, qApp, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    try {
        zmq::context_t context;
        GuardedServer server(context);
        if (const auto failure = server.start(options))
            return end(*failure);
        server.announce();
        return QCoreApplication::exec();
    } catch (const zmq::error_t &error) { // for example, no descriptors are left
        return end({ExitCode::ZeroMQ, u"ZeroMQ: "_s + QString::fromLocal8Bit(error.what())});
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"guardedserver"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));
    // The library logs refusals and errors at this level. This program prints them itself.
    QLoggingCategory::setFilterRules(u"qzap.info=false"_s);

    CommandLine commandLine;
    if (const auto failure = commandLine.parse(QCoreApplication::arguments()))
        return end(*failure);
    switch (commandLine.action()) {
    case CommandLine::Action::ShowHelp:
        Console::print(commandLine.helpText().trimmed());
        return 0;
    case CommandLine::Action::ShowVersion:
        Console::print(u"guardedserver "_s + QCoreApplication::applicationVersion());
        return 0;
    case CommandLine::Action::Serve:
        break;
    }
    return serve(commandLine.options());
}
