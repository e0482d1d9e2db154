// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A client that prints whether the server accepted it.
//
// A ZeroMQ socket does not report a refusal: this program watches the socket's monitor on the Qt
// event loop. Run it with --help for its options and exit codes. guardedserver is a server for it,
// makecertificate makes its keys, and client.py is the same client in Python.

#include "commandline.h"
#include "guardedclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qtextstream.h>

using namespace Qt::StringLiterals;

namespace {

void print(const QString &line)
{
    QTextStream(stdout) << line << Qt::endl;
}

int usageError(const QString &message)
{
    QTextStream(stderr) << "guardedclient: " << message << Qt::endl
                        << "guardedclient: see guardedclient --help" << Qt::endl;
    return static_cast<int>(ExitCode::Usage);
}

int run(const ClientOptions &options)
{
    try {
        zmq::context_t context;
        GuardedClient client(context);
        QObject::connect(&client, &GuardedClient::echoed, qApp,
                         [&options](const QString &userId, const QString &text) {
                             print(u"accepted as "_s + userId);
                             print(u"echo "_s + text);
                             if (!options.stay)
                                 QCoreApplication::exit(static_cast<int>(ExitCode::Accepted));
                         });
        QObject::connect(&client, &GuardedClient::disconnected, qApp, [] {
            print(u"disconnected "_s + QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs));
        });
        QObject::connect(
            &client, &GuardedClient::failed, qApp, [](ExitCode code, const QString &reason) {
                print((code == ExitCode::Refused ? u"refused: "_s : u"timed out: "_s) + reason);
                QCoreApplication::exit(static_cast<int>(code));
            });
        QString error;
        if (!client.start(options, &error))
            return usageError(error);
        return QCoreApplication::exec();
    } catch (const zmq::error_t &error) {
        return usageError(u"ZeroMQ: "_s + QString::fromLocal8Bit(error.what()));
    }
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"guardedclient"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));

    CommandLine commandLine;
    QString error;
    if (!commandLine.parse(QCoreApplication::arguments(), &error))
        return usageError(error);
    switch (commandLine.action()) {
    case CommandLine::Action::ShowHelp:
        print(commandLine.helpText().trimmed());
        return 0;
    case CommandLine::Action::ShowVersion:
        print(u"guardedclient "_s + QCoreApplication::applicationVersion());
        return 0;
    case CommandLine::Action::Connect:
        break;
    }
    return run(commandLine.options());
}
