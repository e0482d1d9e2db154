// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_KEYGENCOMMAND_H
#define QZAP_TOOLS_KEYGENCOMMAND_H

#include "command.h"

class QZapCertificate;

// Makes a CURVE key pair.
class KeygenCommand : public Command
{
public:
    KeygenCommand();

private:
    ExitCode execute() override;
    QZap::Internal::Problem addMetadata(QZapCertificate *certificate) const;
    QZap::Internal::Problem setNotAfter(QZapCertificate *certificate) const;

    QCommandLineOption m_directory;
    QCommandLineOption m_metadata;
    QCommandLineOption m_valid;
    QCommandLineOption m_force;
};

#endif // QZAP_TOOLS_KEYGENCOMMAND_H
