// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef COMMANDLINE_H
#define COMMANDLINE_H

#include "failure.h"
#include "serveroptions.h"

#include <QtCore/qcommandlineoption.h>
#include <QtCore/qcommandlineparser.h>

#include <optional>

// Reads the program's arguments.
class CommandLine
{
public:
    enum class Action { Serve, ShowHelp, ShowVersion };

    CommandLine();

    [[nodiscard]] std::optional<Failure> parse(const QStringList &arguments);

    Action action() const { return m_action; }
    const ServerOptions &options() const { return m_options; }
    QString helpText() const { return m_parser.helpText(); }

private:
    [[nodiscard]] std::optional<Failure> readPort(const QCommandLineOption &option, quint16 *port);
    [[nodiscard]] std::optional<Failure> checkForEmptyValues();

    QCommandLineParser m_parser;
    QCommandLineOption m_help;
    QCommandLineOption m_version;
    QCommandLineOption m_curveKeys;
    QCommandLineOption m_passwordFile;
    QCommandLineOption m_serverCertificate;
    QCommandLineOption m_allow;
    QCommandLineOption m_deny;
    QCommandLineOption m_listen;
    QCommandLineOption m_curvePort;
    QCommandLineOption m_plainPort;
    QCommandLineOption m_nullPort;
    ServerOptions m_options;
    Action m_action = Action::Serve;
};

#endif // COMMANDLINE_H
