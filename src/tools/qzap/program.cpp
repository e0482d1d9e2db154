// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "program.h"

#include "checkcommand.h"
#include "console.h"
#include "keygencommand.h"
#include "passwdcommand.h"
#ifdef QZAP_HAS_SQL
#    include "storeaddcommand.h"
#    include "storeimportcommand.h"
#    include "storeinitcommand.h"
#    include "storelistcommand.h"
#    include "storeprunecommand.h"
#    include "storerevokecommand.h"
#endif

#include <QtCore/qcoreapplication.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView Store{"store"};

} // namespace

Program::Program()
    : m_help({u"h"_s, u"help"_s}, u"Show this help and end."_s)
    , m_version({u"v"_s, u"version"_s}, u"Show the version and end."_s)
{
    m_commands.push_back(std::make_unique<KeygenCommand>());
    m_commands.push_back(std::make_unique<PasswdCommand>());
    m_commands.push_back(std::make_unique<CheckCommand>());
#ifdef QZAP_HAS_SQL
    m_commands.push_back(std::make_unique<StoreInitCommand>());
    m_commands.push_back(std::make_unique<StoreAddCommand>());
    m_commands.push_back(std::make_unique<StoreRevokeCommand>());
    m_commands.push_back(std::make_unique<StoreListCommand>());
    m_commands.push_back(std::make_unique<StoreImportCommand>());
    m_commands.push_back(std::make_unique<StorePruneCommand>());
#endif

    QString description =
        u"Makes and checks the files by which QZap authenticates ZeroMQ peers, and "
        "edits databases of credentials.\n\nCommands:\n"_s;
    for (const auto &command : m_commands)
        description += u"  %1  %2\n"_s.arg(command->name(), -12).arg(command->summary());
    description += u"\nqzap COMMAND --help describes a command.\n\n"
                   "Exit codes: 0 done, 1 the checked file has errors, 2 wrong arguments, or a "
                   "password that cannot be used, 3 something cannot be read or written."_s;
    m_parser.setApplicationDescription(description);
    m_parser.addOptions({m_help, m_version});
    m_parser.addPositionalArgument(u"COMMAND"_s, u"The command."_s, u"COMMAND [...]"_s);
    // Options after the command belong to it.
    m_parser.setOptionsAfterPositionalArgumentsMode(QCommandLineParser::ParseAsPositionalArguments);
}

ExitCode Program::run(const QStringList &arguments)
{
    // An argument that is not valid text has lost bytes: it would name another file or user.
    for (const QString &argument : arguments) {
        if (argument.contains(QChar::ReplacementCharacter))
            return usageError(u"'%1' is not UTF-8 text; rename the file, or name the directory "
                              "that it is in."_s.arg(argument));
    }
    if (!m_parser.parse(arguments))
        return usageError(m_parser.errorText());
    if (m_parser.isSet(m_help)) {
        Console::printText(m_parser.helpText());
        return ExitCode::Done;
    }
    if (m_parser.isSet(m_version)) {
        Console::print(u"qzap "_s + QCoreApplication::applicationVersion());
        return ExitCode::Done;
    }
    return runCommand(m_parser.positionalArguments());
}

ExitCode Program::runCommand(QStringList arguments) const
{
    if (arguments.isEmpty())
        return usageError(u"No command is given."_s);
    const QString name = arguments.takeFirst();
    if (name == Store)
        return runStoreCommand(arguments);
    Command *const found = command(name);
    return found ? found->run(arguments) : usageError(u"There is no command '%1'."_s.arg(name));
}

// The commands for databases have two words, such as "store add".
ExitCode Program::runStoreCommand(QStringList arguments) const
{
#ifdef QZAP_HAS_SQL
    if (arguments.isEmpty())
        return usageError(u"qzap store needs one of its commands."_s);
    const QString action = arguments.takeFirst();
    if (action == "--help"_L1 || action == "-h"_L1) {
        Console::printText(m_parser.helpText());
        return ExitCode::Done;
    }
    Command *const found = command(Store + u' ' + action);
    return found ? found->run(arguments)
                 : usageError(u"There is no command 'store %1'."_s.arg(action));
#else
    Q_UNUSED(arguments)
    return usageError(u"This qzap was built without databases (QZAP_BUILD_SQL)."_s);
#endif
}

Command *Program::command(const QString &name) const
{
    const auto found = std::find_if(m_commands.cbegin(), m_commands.cend(),
                                    [&](const auto &command) { return command->name() == name; });
    return found == m_commands.cend() ? nullptr : found->get();
}

ExitCode Program::usageError(const QString &message)
{
    Console::printError(message);
    Console::printError(u"See qzap --help."_s);
    return ExitCode::Usage;
}
