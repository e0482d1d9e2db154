// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREINITCOMMAND_H
#define QZAP_TOOLS_STOREINITCOMMAND_H

#include "storecommand.h"

// Makes or updates the tables.
class StoreInitCommand : public StoreCommand
{
public:
    StoreInitCommand();

private:
    QZap::Internal::Problem problemOfOptions() override;
    bool needsTables() const override { return false; }
    ExitCode executeOn(const QZap::Internal::SqlConnection &connection) override;

    QCommandLineOption m_grant;
    QCommandLineOption m_notify;
    QCommandLineOption m_noNotify;
};

#endif // QZAP_TOOLS_STOREINITCOMMAND_H
