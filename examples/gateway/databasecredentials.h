// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DATABASECREDENTIALS_H
#define DATABASECREDENTIALS_H

#include "gatewayoptions.h"

#include <QZap/QZapCredentialsStore>
#include <QZap/QZapSqlSource>

// The keys of clients in a database. While it is unavailable, those that were read last count for a
// time.
class DatabaseCredentials : public QObject
{
    Q_OBJECT

public:
    explicit DatabaseCredentials(const GatewayOptions::Credentials &options,
                                 QObject *parent = nullptr);

    QZapCredentialsStore *store() { return &m_store; }
    // Begins to read them. Clients wait until they have been read.
    [[nodiscard]] bool start(QString *errorMessage);

private:
    QZapCredentialsStore m_store;
    QZapSqlSource m_source;
};

#endif // DATABASECREDENTIALS_H
