// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREPRUNECOMMAND_H
#define QZAP_TOOLS_STOREPRUNECOMMAND_H

#include "storecommand.h"

// Removes old changes from the feed of a database.
class StorePruneCommand : public StoreCommand
{
public:
    StorePruneCommand();

private:
    Problem problemOfOptions() override;
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;

    QCommandLineOption m_keep;
    qint64 m_seconds = 0;
};

#endif // QZAP_TOOLS_STOREPRUNECOMMAND_H
