// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLSCHEMA_H
#define QZAP_SQL_DATABASE_SQLSCHEMA_H

#include "base/problem.h"

#include <QtCore/qstring.h>

namespace QZap::Internal {

class SqlConnection;

// QZap's tables in a database: qzap_credentials, the feed of its changes, qzap_changes, and
// qzap_meta. The files in migrations/ describe them.
class SqlSchema
{
public:
    static constexpr int LatestVersion = 1;

    // Returns the version of the tables; 0 if there are none. It is a problem if they are
    // incomplete.
    [[nodiscard]] static Result<int> version(const SqlConnection &connection);
    // Returns why the tables cannot be used: there are none, they have another version, or
    // something is missing, such as a trigger without which a revocation would not be noticed.
    [[nodiscard]] static Problem problemOf(const SqlConnection &connection);
    // Makes the tables, or updates them to the latest version, with one transaction for each
    // version. Waits for other processes that do the same. Later versions are refused.
    [[nodiscard]] static Problem migrate(const SqlConnection &connection);

    // PostgreSQL only: lets a role read the tables.
    [[nodiscard]] static Problem grantReading(const SqlConnection &connection, const QString &role);
    // PostgreSQL only: notifies this channel of each transaction that changes credentials; an empty
    // name ends this.
    [[nodiscard]] static Problem setNotifyChannel(const SqlConnection &connection,
                                                  const QString &channel);
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLSCHEMA_H
