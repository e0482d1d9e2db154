// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "passwdcommand.h"

#include "console.h"
#include "passwordinput.h"

#include <QZap/qzappasswordfile.h>

#include "credentials/hashing/passwordhash.h"
#include "credentials/passwords/passwordfileeditor.h"
#include "credentials/passwords/passwordfiletext.h"

#include <QtCore/qfileinfo.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumMemory = int{DefaultMaximumHashMemory / (qint64{1024} * 1024)}; // MiB

} // namespace

PasswdCommand::PasswdCommand()
    : Command(u"passwd"_s, u"Set a user's password in a password file, or remove the user."_s,
              u"Asks for the password twice on a terminal; otherwise it is the first line of "
              "standard input. A file that does not exist is created, with mode 0600. Other lines "
              "do not change, and concurrent edits of the file are not lost.\n\n"
              "Exit codes: 0 done, 2 wrong arguments, or a password that cannot be used, 3 the "
              "file cannot be read or written, or has no such user."_s)
    , m_plain(u"plain"_s,
              u"Write the password in clear text, as czmq and pyzmq require it, instead of an "
              "argon2id hash."_s)
    , m_remove(u"remove"_s, u"Remove the user."_s)
    , m_memory(
          u"memory"_s,
          u"The memory in MiB that it takes to compute or check the hash, 1 to %1. Use less for "
          "small boards. Default: %1."_s.arg(MaximumMemory),
          u"MIB"_s)
{
    addOptions({m_plain, m_remove, m_memory});
    addArgument(u"FILE"_s, u"The password file."_s);
    addArgument(u"USER"_s, u"The user's name."_s);
}

ExitCode PasswdCommand::execute()
{
    if (const Problem problem = problemOfOptions())
        return usageError(problem.text());
    const QString file = argument(0);
    const QString user = argument(1);
    if (isSet(m_remove))
        return remove(file, user);
    // Checked before the user has to type anything.
    if (const Problem problem = PasswordFileText::userProblem(user.toUtf8()))
        return usageError(u"USER: %1."_s.arg(problem.text()));
    return set(file, user);
}

Problem PasswdCommand::problemOfOptions()
{
    if (isSet(m_remove) && isSet(m_plain))
        return u"--plain cannot be used with --remove, which writes no password."_s;
    if (!isSet(m_memory))
        return {};
    if (isSet(m_remove) || isSet(m_plain)) {
        return u"--memory cannot be used with --%1, which writes no hash."_s.arg(
            isSet(m_remove) ? "remove"_L1 : "plain"_L1);
    }
    bool isNumber = false;
    m_hashMemory = value(m_memory).toInt(&isNumber);
    if (!isNumber || m_hashMemory < 1 || m_hashMemory > MaximumMemory) {
        return u"--memory: '%1' is not a number of MiB from 1 to %2."_s.arg(
            value(m_memory), QString::number(MaximumMemory));
    }
    return {};
}

ExitCode PasswdCommand::set(const QString &file, const QString &user)
{
    PasswordInput input;
    if (const Problem problem = input.read(user))
        return input.isUnreadable() ? failed(problem.text()) : refused(problem.text());
    // This is a view, since the password is wiped in its original memory.
    const QByteArray password =
        QByteArray::fromRawData(input.password().data(), input.password().size());
    const auto format =
        isSet(m_plain) ? QZapPasswordFile::Format::Plain : QZapPasswordFile::Format::Argon2id;
    bool isNew = false;
    QString refusal;
    const Problem problem = editPasswordFile(file, [&](QZapPasswordFile *passwords) -> Problem {
        isNew = !QFileInfo::exists(file);
        if (m_hashMemory > 0)
            passwords->setHashMemory(m_hashMemory);
        passwords->setPassword(user, password, format, &refusal);
        return refusal;
    });
    if (!refusal.isEmpty())
        return refused(u"%1: %2"_s.arg(user, refusal));
    if (problem)
        return failed(problem.text());
    if (isNew)
        Console::printError(u"%1: created, with mode 0600"_s.arg(file));
    return ExitCode::Done;
}

ExitCode PasswdCommand::remove(const QString &file, const QString &user)
{
    const Problem problem = editPasswordFile(file, [&](QZapPasswordFile *passwords) -> Problem {
        if (passwords->removeUser(user))
            return {};
        if (!QFileInfo::exists(file))
            return {u"no such file"_s, file};
        return {u"has no user '%1'; check the spelling"_s.arg(user), file};
    });
    return problem ? failed(problem.text()) : ExitCode::Done;
}
