// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_COMMAND_H
#define QZAP_TOOLS_COMMAND_H

#include "base/problem.h"
#include "exitcode.h"

#include <QtCore/qcommandlineoption.h>
#include <QtCore/qcommandlineparser.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// One of the program's commands, with its own options and arguments.
class Command
{
public:
    virtual ~Command() = default;
    Q_DISABLE_COPY_MOVE(Command)

    QString name() const { return m_name; }
    QString summary() const { return m_summary; }
    // The arguments are those after the command's name.
    [[nodiscard]] ExitCode run(const QStringList &arguments);

protected:
    // The summary is one line; the description contains the details.
    Command(const QString &name, const QString &summary, const QString &description);

    void addOptions(const QList<QCommandLineOption> &options);
    // Arguments are required.
    void addArgument(const QString &name, const QString &description);

    bool isSet(const QCommandLineOption &option) const { return m_parser.isSet(option); }
    QString value(const QCommandLineOption &option) const { return m_parser.value(option); }
    QStringList values(const QCommandLineOption &option) const { return m_parser.values(option); }
    QString argument(qsizetype index) const { return m_parser.positionalArguments().at(index); }

    // These functions print the message.
    [[nodiscard]] ExitCode usageError(const QString &message) const;
    [[nodiscard]] static ExitCode refused(const QString &message); // without a hint about --help
    [[nodiscard]] static ExitCode failed(const QString &message);

private:
    [[nodiscard]] virtual ExitCode execute() = 0;
    QZap::Internal::Problem problemOfArguments() const;
    QString helpText() const;

    QCommandLineParser m_parser;
    QCommandLineOption m_help;
    QList<QCommandLineOption> m_options;
    QStringList m_argumentNames;
    QString m_name;
    QString m_summary;
};

#endif // QZAP_TOOLS_COMMAND_H
