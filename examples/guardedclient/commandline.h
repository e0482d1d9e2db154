// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef COMMANDLINE_H
#define COMMANDLINE_H

#include "clientoptions.h"

#include <QtCore/qcommandlineoption.h>
#include <QtCore/qcommandlineparser.h>

#include <optional>

// Reads the program's arguments, and the files that they name.
class CommandLine
{
public:
    enum class Action { Connect, ShowHelp, ShowVersion };

    CommandLine();

    bool parse(const QStringList &arguments, QString *errorMessage);

    Action action() const { return m_action; }
    const ClientOptions &options() const { return m_options; }
    QString helpText() const { return m_parser.helpText(); }

private:
    bool readMechanism(QString *errorMessage);
    bool readPlain(QString *errorMessage);
    bool readCurve(QString *errorMessage);
    bool readServerKey(QString *errorMessage);
    bool readTimeout(QString *errorMessage);
    bool rejectOthers(QString *errorMessage) const;

    QCommandLineParser m_parser;
    QCommandLineOption m_help;
    QCommandLineOption m_version;
    QCommandLineOption m_mechanism;
    QCommandLineOption m_user;
    QCommandLineOption m_passwordFile;
    QCommandLineOption m_certificate;
    QCommandLineOption m_serverKey;
    QCommandLineOption m_serverCertificate;
    QCommandLineOption m_message;
    QCommandLineOption m_timeout;
    QCommandLineOption m_stay;
    ClientOptions m_options;
    Action m_action = Action::Connect;
};

#endif // COMMANDLINE_H
