// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_CHECKCOMMAND_H
#define QZAP_TOOLS_CHECKCOMMAND_H

#include "command.h"

// Reports errors in a file or directory.
class CheckCommand : public Command
{
public:
    CheckCommand();

private:
    ExitCode execute() override;

    QCommandLineOption m_as;
    QCommandLineOption m_strict;
};

#endif // QZAP_TOOLS_CHECKCOMMAND_H
