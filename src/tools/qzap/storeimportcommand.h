// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREIMPORTCOMMAND_H
#define QZAP_TOOLS_STOREIMPORTCOMMAND_H

#include "credentialsource.h"
#include "filekind.h"
#include "storecommand.h"

// Imports the keys or users of a file or directory.
class StoreImportCommand : public StoreCommand
{
public:
    StoreImportCommand();

private:
    Problem problemOfOptions() override;
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;
    // Prints the problems of the file. Returns Done if it can be imported.
    ExitCode checkSource();

    QCommandLineOption m_domain;
    QCommandLineOption m_as;
    QCommandLineOption m_userIdField;
    QCommandLineOption m_replace;
    QCommandLineOption m_memory;
    CredentialSource::Settings m_settings;
    FileKind m_kind = FileKind::Unknown;
    QString m_contents; // a summary
};

#endif // QZAP_TOOLS_STOREIMPORTCOMMAND_H
