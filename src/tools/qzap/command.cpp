// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "command.h"

#include "console.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

Command::Command(const QString &name, const QString &summary, const QString &description)
    : m_help({u"h"_s, u"help"_s}, u"Show this help and end."_s)
    , m_name(name)
    , m_summary(summary)
{
    m_parser.setApplicationDescription(summary + u"\n\n"_s + description);
    addOptions({m_help});
}

void Command::addOptions(const QList<QCommandLineOption> &options)
{
    m_parser.addOptions(options);
    m_options += options;
}

void Command::addArgument(const QString &name, const QString &description)
{
    m_parser.addPositionalArgument(name, description);
    m_argumentNames += name;
}

ExitCode Command::run(const QStringList &arguments)
{
    if (!m_parser.parse(QStringList(m_name) + arguments))
        return usageError(m_parser.errorText());
    if (m_parser.isSet(m_help)) {
        Console::printText(helpText());
        return ExitCode::Done;
    }
    if (const Problem problem = problemOfArguments())
        return usageError(problem.text());
    return execute();
}

Problem Command::problemOfArguments() const
{
    const QStringList given = m_parser.positionalArguments();
    if (given.size() < m_argumentNames.size())
        return u"%1 is missing."_s.arg(m_argumentNames.at(given.size()));
    if (given.size() > m_argumentNames.size())
        return u"Unexpected argument '%1'."_s.arg(given.at(m_argumentNames.size()));
    // An empty value is probably an unset variable of a script; ignoring it would conceal this.
    if (const qsizetype empty = given.indexOf(QString()); empty >= 0)
        return u"%1 is empty."_s.arg(m_argumentNames.at(empty));
    for (const QCommandLineOption &option : m_options) {
        if (!option.valueName().isEmpty() && m_parser.values(option).contains(QString()))
            return u"--%1 needs a value."_s.arg(option.names().constLast());
    }
    return {};
}

QString Command::helpText() const
{
    // QCommandLineParser does not support commands before their options.
    const QString text = m_parser.helpText();
    return u"Usage: qzap %1 [options] %2"_s.arg(m_name, m_argumentNames.join(u' '))
           + text.sliced(text.indexOf(u'\n'));
}

ExitCode Command::usageError(const QString &message) const
{
    Console::printError(message);
    Console::printError(u"See qzap %1 --help."_s.arg(m_name));
    return ExitCode::Usage;
}

ExitCode Command::refused(const QString &message)
{
    Console::printError(message);
    return ExitCode::Usage;
}

ExitCode Command::failed(const QString &message)
{
    Console::printError(message);
    return ExitCode::Failed;
}
