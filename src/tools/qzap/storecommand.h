// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STORECOMMAND_H
#define QZAP_TOOLS_STORECOMMAND_H

#include "command.h"
#include "sql/database/sqlconnection.h"

// Base class of the commands "qzap store ...", which work on a database of credentials.
class StoreCommand : public Command
{
protected:
    using Access = QZap::Internal::SqlConnection::Access;
    using Problem = QZap::Internal::Problem;

    // The action is the second word of the command.
    StoreCommand(const QString &action, const QString &summary, const QString &description,
                 Access access);

    // Adds options, each of which can be given only once.
    void addSingleOptions(const QList<QCommandLineOption> &options);

private:
    ExitCode execute() final;
    // Returns why the options cannot be used.
    virtual Problem problemOfOptions() { return {}; }
    virtual bool needsTables() const { return true; }
    // Called with an open database.
    [[nodiscard]] virtual ExitCode executeOn(const QZap::Internal::SqlConnection &connection) = 0;

    QCommandLineOption m_database;
    QList<QCommandLineOption> m_singleOptions;
    Access m_access;
};

#endif // QZAP_TOOLS_STORECOMMAND_H
