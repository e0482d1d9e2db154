// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREADDCOMMAND_H
#define QZAP_TOOLS_STOREADDCOMMAND_H

#include "sql/database/sqlcredential.h"
#include "storecommand.h"

// Adds or replaces a key, or a user.
class StoreAddCommand : public StoreCommand
{
public:
    StoreAddCommand();

private:
    Problem problemOfOptions() override;
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;
    Problem setId();
    Problem setDetails();
    // Returns why no entry can have these values.
    Problem problemOfEntry() const;

    QCommandLineOption m_domain;
    QCommandLineOption m_key;
    QCommandLineOption m_user;
    QCommandLineOption m_userId;
    QCommandLineOption m_field;
    QCommandLineOption m_notAfter;
    QCommandLineOption m_memory;
    QZap::Internal::SqlCredential m_credential;
    int m_hashMemory = 0; // MiB
};

#endif // QZAP_TOOLS_STOREADDCOMMAND_H
