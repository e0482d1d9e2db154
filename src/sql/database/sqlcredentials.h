// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLCREDENTIALS_H
#define QZAP_SQL_DATABASE_SQLCREDENTIALS_H

#include "base/problem.h"
#include "sql/database/sqlcredential.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtSql/qsqlquery.h>

#include <functional>
#include <optional>

namespace QZap::Internal {

class SqlConnection;

// Edits the table of credentials. All values are bound to prepared statements. Each function is a
// statement, or several: use a SqlTransaction to combine them; only prune() has its own. They
// return how many entries have changed.
class SqlCredentials
{
public:
    // The connection, whose schema must be the latest, must outlive this object.
    explicit SqlCredentials(const SqlConnection &connection);
    Q_DISABLE_COPY_MOVE(SqlCredentials)

    // Whether an entry that exists and is disabled is enabled again.
    enum class Enabling { Enable, Keep };

    // Inserts the entry, or updates it if it differs.
    [[nodiscard]] Result<qint64> upsert(const SqlCredential &credential,
                                        Enabling enabling = Enabling::Enable);
    // Does so with entries of one kind that differ in their domains, keys and names. Takes less
    // time than one call for each entry: the server answers once for many of them.
    [[nodiscard]] Result<qint64> upsert(const QList<SqlCredential> &credentials,
                                        Enabling enabling = Enabling::Enable);
    // Removes an entry.
    [[nodiscard]] Result<qint64> remove(const SqlCredential::Id &id);
    // Removes or disables what the selection contains, which must not be empty.
    [[nodiscard]] Result<qint64> remove(const SqlSelection &selection);
    [[nodiscard]] Result<qint64> setEnabled(const SqlSelection &selection, bool enabled);
    // Removes the entries of a domain and kind whose keys or names are not among these.
    [[nodiscard]] Result<qint64> removeOthers(const QString &domain, SqlCredential::Kind kind,
                                              const QSet<QByteArray> &keysOrNames);

    // Returns the hash of a user; empty if there is no such user.
    [[nodiscard]] Result<QByteArray> hashOf(const QString &domain, const QString &name) const;
    // Calls take() with each entry in the order of domain, kind and key or name, and without its
    // hash, until take() returns false.
    [[nodiscard]] Problem list(const SqlSelection &selection,
                               const std::function<bool(const SqlCredential &)> &take) const;
    // Removes the changes of the feed that are older than this time. Whoever has not yet read them
    // has to read all credentials again.
    [[nodiscard]] Result<qint64> prune(qint64 seconds);

private:
    static constexpr qsizetype BulkSize = 100;

    // Executes the query for the entries from the position on.
    [[nodiscard]] Result<qint64> upsert(std::optional<QSqlQuery> *query,
                                        const QList<SqlCredential> &credentials, qsizetype position,
                                        qsizetype count, Enabling enabling);
    // Removes entries of one domain and kind, in one statement.
    [[nodiscard]] Result<qint64> removeListed(const QList<SqlCredential::Id> &ids);
    [[nodiscard]] Result<qint64> change(const QString &start, const SqlSelection &selection);
    [[nodiscard]] Result<qint64> prunePostgreSql(qint64 seconds);
    [[nodiscard]] Result<qint64> pruneSqlite(qint64 seconds);
    // Prepares the query when it is first used.
    Problem prepare(std::optional<QSqlQuery> *query,
                    const std::function<QString()> &statement) const;
    [[nodiscard]] Result<qint64> changedBy(QSqlQuery *query) const;

    const SqlConnection &m_connection;
    std::optional<QSqlQuery> m_upserts[2][2];     // by kind and enabling
    std::optional<QSqlQuery> m_bulkUpserts[2][2]; // of BulkSize entries
    std::optional<QSqlQuery> m_removals[2];       // by kind
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLCREDENTIALS_H
