// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Makes key pairs, edits password files, and checks both. Run it with --help for its commands and
// exit codes.

#include "console.h"
#include "program.h"

#include <QtCore/qcoreapplication.h>

using namespace Qt::StringLiterals;

namespace {

// Prints the library's warnings for the user of this program.
void printMessage(QtMsgType type, const QMessageLogContext & /*context*/, const QString &message)
{
    if (type != QtDebugMsg && type != QtInfoMsg)
        Console::printError(message);
}

// Suppresses Qt's warning about a locale that is not UTF-8: the program reads and writes UTF-8 in
// any locale.
void printAllButWarnings(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type != QtWarningMsg)
        printMessage(type, context, message);
}

} // namespace

int main(int argc, char *argv[])
{
    Console::guardStreams();
    qInstallMessageHandler(printAllButWarnings);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"qzap"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));
    qInstallMessageHandler(printMessage);

    const ExitCode code = Program().run(QCoreApplication::arguments());
    const bool isPrinted = Console::finish();
    return static_cast<int>(isPrinted || code != ExitCode::Done ? code : ExitCode::Failed);
}
