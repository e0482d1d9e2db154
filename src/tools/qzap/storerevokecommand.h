// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREREVOKECOMMAND_H
#define QZAP_TOOLS_STOREREVOKECOMMAND_H

#include "sql/database/sqlcredential.h"
#include "storecommand.h"

// Removes or disables a key, a user, or all keys with a user id.
class StoreRevokeCommand : public StoreCommand
{
public:
    StoreRevokeCommand();

private:
    Problem problemOfOptions() override;
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;

    QCommandLineOption m_domain;
    QCommandLineOption m_key;
    QCommandLineOption m_user;
    QCommandLineOption m_userId;
    QCommandLineOption m_disable;
    QZap::Internal::SqlSelection m_selection;
};

#endif // QZAP_TOOLS_STOREREVOKECOMMAND_H
