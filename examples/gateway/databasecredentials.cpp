// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "databasecredentials.h"

#include "console.h"

using namespace Qt::StringLiterals;

//! [source]
DatabaseCredentials::DatabaseCredentials(const GatewayOptions::Credentials &options,
                                         QObject *parent)
    : QObject(parent)
    , m_source(&m_store)
{
    m_store.setStaleTime(options.staleTime);
    m_source.setDriver(options.driver);
    m_source.setConnectionOptions(options.connection);
    m_source.setDomain(options.domain);
    m_source.setPollInterval(options.pollInterval);
    m_source.setNotifyChannel(options.notifyChannel);
}

bool DatabaseCredentials::start(QString *errorMessage)
{
    if (m_source.start())
        return true;
    *errorMessage = m_source.errorString();
    return false;
}
//! [source]
