// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_PASSWDCOMMAND_H
#define QZAP_TOOLS_PASSWDCOMMAND_H

#include "command.h"

// Sets or removes a user's password in a password file.
class PasswdCommand : public Command
{
public:
    PasswdCommand();

private:
    ExitCode execute() override;
    [[nodiscard]] ExitCode set(const QString &file, const QString &user);
    [[nodiscard]] static ExitCode remove(const QString &file, const QString &user);
    QZap::Internal::Problem problemOfOptions();

    QCommandLineOption m_plain;
    QCommandLineOption m_remove;
    QCommandLineOption m_memory;
    int m_hashMemory = 0; // MiB; 0 if not given
};

#endif // QZAP_TOOLS_PASSWDCOMMAND_H
