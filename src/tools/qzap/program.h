// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_PROGRAM_H
#define QZAP_TOOLS_PROGRAM_H

#include "command.h"

#include <QtCore/qcommandlineoption.h>
#include <QtCore/qcommandlineparser.h>
#include <QtCore/qstringlist.h>

#include <memory>
#include <vector>

// Finds the command that the arguments name and runs it.
class Program
{
public:
    Program();

    [[nodiscard]] ExitCode run(const QStringList &arguments);

private:
    Command *command(const QString &name) const;
    [[nodiscard]] ExitCode runCommand(QStringList arguments) const;
    [[nodiscard]] ExitCode runStoreCommand(QStringList arguments) const;
    [[nodiscard]] static ExitCode usageError(const QString &message);

    QCommandLineParser m_parser;
    QCommandLineOption m_help;
    QCommandLineOption m_version;
    std::vector<std::unique_ptr<Command>> m_commands;
};

#endif // QZAP_TOOLS_PROGRAM_H
