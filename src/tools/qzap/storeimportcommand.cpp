// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeimportcommand.h"

#include "console.h"
#include "filecheck.h"
#include "storeimport.h"
#include "storeoptions.h"

#include "base/text.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

StoreImportCommand::StoreImportCommand()
    : StoreCommand(
        u"import"_s, u"Import a file or directory into a database."_s,
        u"Imports the keys of a key directory, a certificate or a key list, or the users "
        "of a password file, as a whole: if an entry is invalid, nothing changes. "
        "Passwords that are not hashed are hashed, which takes some 0.1 s each. Users "
        "who are locked out in the file are removed. Disabled entries remain "
        "disabled.\n\n"
        "Exit codes: 0 done, 1 PATH has errors, 2 wrong arguments, 3 PATH cannot be "
        "read, or the database cannot be opened or changed."_s,
        Access::ReadWrite)
    , m_domain(u"domain"_s, u"The domain that the entries belong to. Required."_s, u"DOMAIN"_s)
    , m_as(
          u"as"_s,
          u"Take PATH for a certificate, directory, keylist or passwords. By default, its name and "
          "contents tell."_s,
          u"KIND"_s)
    , m_userIdField(u"user-id-field"_s, u"The field whose value is the user id of a key."_s,
                    u"NAME"_s)
    , m_replace(u"replace"_s,
                u"Remove the keys of the domain that PATH does not contain or, with a password "
                "file, the users."_s)
    , m_memory(
          u"memory"_s,
          u"The memory in MiB that it takes to compute or check a hash, 1 to %1. Default: %1."_s
              .arg(StoreOptions::MaximumMemory),
          u"MIB"_s)
{
    addSingleOptions({m_domain, m_as, m_userIdField, m_memory});
    addOptions({m_replace});
    addArgument(u"PATH"_s, u"The file or directory."_s);
}

Problem StoreImportCommand::problemOfOptions()
{
    if (!isSet(m_domain))
        return u"--domain is missing."_s;
    m_settings.domain = value(m_domain);
    if (m_settings.domain.toUtf8().size() > MaximumTextSize)
        return u"--domain: the name has more than %1 bytes."_s.arg(MaximumTextSize);
    m_settings.userIdField = value(m_userIdField);
    const Result<int> memory =
        isSet(m_memory) ? StoreOptions::memoryOf(value(m_memory)) : StoreOptions::MaximumMemory;
    if (!memory)
        return u"--memory: %1."_s.arg(memory.problem().text());
    m_settings.hashMemory = *memory;
    if (isSet(m_as) && !fileKinds().contains(value(m_as))) {
        return u"--as: '%1' is not one of %2."_s.arg(value(m_as), fileKinds().keys().join(", "_L1));
    }
    m_kind = fileKinds().value(value(m_as));
    return {};
}

ExitCode StoreImportCommand::checkSource()
{
    const FileCheck check = FileCheck::of(argument(0), m_kind);
    check.print();
    m_kind = check.kind;
    m_contents = check.contents;
    if (check.isUnreadable)
        return ExitCode::Failed;
    return check.errors.isEmpty() ? ExitCode::Done : ExitCode::Problems;
}

ExitCode StoreImportCommand::executeOn(const SqlConnection &connection)
{
    if (const ExitCode code = checkSource(); code != ExitCode::Done) {
        Console::printError(u"nothing was imported"_s);
        return code;
    }
    CredentialSource source(argument(0), m_kind, m_settings);
    StoreImport import(connection, &source);
    const StoreImport::Outcome outcome = import.run(m_settings.domain, m_kind, isSet(m_replace));
    for (const Problem &problem : import.problems())
        Console::printProblem(problem.text());
    if (outcome != StoreImport::Outcome::Imported) {
        Console::printError(u"nothing was imported"_s);
        return outcome == StoreImport::Outcome::BadEntries ? ExitCode::Problems : ExitCode::Failed;
    }
    Console::print(argument(0) + ": "_L1 + m_contents
                   + u"; %1 changed, %2 removed"_s.arg(import.changed()).arg(import.removed()));
    return ExitCode::Done;
}
