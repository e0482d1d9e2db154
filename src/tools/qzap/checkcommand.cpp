// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "checkcommand.h"

#include "console.h"
#include "filecheck.h"

#include "credentials/files/fileload.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The last entry of a truncated list contains the number of further problems.
QString countedProblems(const QList<Problem> &problems, const QString &noun)
{
    return problems.size() > ProblemList::Maximum
               ? u"more than %1"_s.arg(counted(ProblemList::Maximum, noun))
               : counted(problems.size(), noun);
}

QString summaryOf(const QString &path, const FileCheck &check)
{
    QString result =
        path + ": "_L1 + check.contents + ", "_L1
        + (check.errors.isEmpty() ? u"no errors"_s : countedProblems(check.errors, u"error"_s));
    if (!check.warnings.isEmpty())
        result += ", "_L1 + countedProblems(check.warnings, u"warning"_s);
    return result;
}

} // namespace

CheckCommand::CheckCommand()
    : Command(u"check"_s, u"Check a file or directory."_s,
              u"Reads a key directory, a certificate, a key list or a password file as an "
              "authenticator does. Prints each error and warning with its file and line on "
              "standard error, and a summary with the detected kind of PATH. No secrets are "
              "printed.\n\n"
              "Exit codes: 0 no errors, 1 errors, 2 wrong arguments, 3 PATH cannot be read."_s)
    , m_as(
          u"as"_s,
          u"Take PATH for a certificate, directory, keylist or passwords. By default, its name and "
          "contents tell."_s,
          u"KIND"_s)
    , m_strict(u"strict"_s, u"Count warnings as errors in the exit code."_s)
{
    addOptions({m_as, m_strict});
    addArgument(u"PATH"_s, u"The file or directory."_s);
}

ExitCode CheckCommand::execute()
{
    if (isSet(m_as) && !fileKinds().contains(value(m_as))) {
        return usageError(
            u"--as: '%1' is not one of %2."_s.arg(value(m_as), fileKinds().keys().join(", "_L1)));
    }
    const QString path = argument(0);
    const FileCheck check = FileCheck::of(path, fileKinds().value(value(m_as)));
    check.print();
    if (check.isUnreadable)
        return ExitCode::Failed;
    if (check.kind != FileKind::Unknown)
        Console::print(summaryOf(path, check));
    const bool isStrict = isSet(m_strict) && !check.warnings.isEmpty();
    return check.errors.isEmpty() && !isStrict ? ExitCode::Done : ExitCode::Problems;
}
