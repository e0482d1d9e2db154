// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Clients of several gateways, and the programs behind these, for scripts/demo --fleet. It reads
// commands from standard input, one per line: run it with --help.

#include "console.h"
#include "descriptorlimit.h"
#include "fleet.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qsocketnotifier.h>

#include <cerrno>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int Descriptors = 60000;
constexpr int Sockets = 20000;

// Reads what has arrived, and executes the complete lines. Returns false at the end of the input.
bool readCommands(Fleet *fleet, QByteArray *input)
{
    QByteArray chunk(4096, Qt::Uninitialized);
    const ssize_t size = ::read(STDIN_FILENO, chunk.data(), static_cast<size_t>(chunk.size()));
    if (size < 0)
        return errno == EINTR || errno == EAGAIN;
    input->append(chunk.constData(), size);
    for (qsizetype end = input->indexOf('\n'); end >= 0; end = input->indexOf('\n')) {
        const QString command = QString::fromUtf8(input->first(end));
        input->remove(0, end + 1);
        fleet->execute(command);
    }
    return size > 0;
}

} // namespace

int main(int argc, char *argv[])
try {
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"fleetpeers"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Connects clients to gateways, and serves their requests behind these. Reads commands, "
        "one per line, and answers each with a line that begins with ok or failed:\n\n"
        "  keys FILE NAME...    makes keys of clients, and writes a key list\n"
        "  gateway REQUESTS BACKEND PUBLICATIONS BACKEND KEY\n"
        "                       starts the programs behind a gateway\n"
        "  connect NAME...      connects these clients to each gateway\n"
        "  connected NAME...    waits until all gateways have accepted them\n"
        "  refused NAME...      waits until all gateways have refused them\n"
        "  load MS              lets each client send a request at this interval, 0: none\n"
        "  settled              waits until all requests are answered\n"
        "  revoked NAME SINCE   waits until its connections are cut and its return is refused;\n"
        "                       answers with both times, in ms after SINCE (since 1970)\n"
        "  state NAME           counts its connections\n"
        "  counts               counts all requests\n\n"
        "The end of the input ends the program."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(application);

    (void)DescriptorLimit::raise(Descriptors);
    zmq::context_t context;
    context.set(zmq::ctxopt::max_sockets, Sockets);
    Fleet fleet(context);
    QObject::connect(&fleet, &Fleet::answered, &Console::print);
    QByteArray input;
    QSocketNotifier notifier(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &fleet, [&fleet, &input] {
        if (!readCommands(&fleet, &input))
            QCoreApplication::quit();
    });
    return QCoreApplication::exec();
} catch (const zmq::error_t &error) {
    Console::printError(QString::fromLocal8Bit(error.what()));
    return 1;
}
