// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STORELISTCOMMAND_H
#define QZAP_TOOLS_STORELISTCOMMAND_H

#include "storecommand.h"

// Prints the entries of a database, without hashes.
class StoreListCommand : public StoreCommand
{
public:
    StoreListCommand();

private:
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;

    QCommandLineOption m_domain;
    QCommandLineOption m_json;
};

#endif // QZAP_TOOLS_STORELISTCOMMAND_H
