// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_CREDENTIALSREADER_H
#define QZAP_SQL_CREDENTIALSREADER_H

#include "base/problem.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqltransaction.h"

#include <QtCore/qstring.h>
#include <QtSql/qsqlquery.h>

#include <functional>
#include <optional>

namespace QZap::Internal {

// Reads the credentials of one domain from an open database: all of them, or those that have
// changed since the last time. Used in one thread.
//
// Each reading starts with begin() and ends with commit(), and everything between sees the same
// state of the database. accept() makes it the one that the next changes follow. After a problem,
// the reader cannot be used any longer.
class CredentialsReader
{
public:
    enum class State {
        Unchanged,  // nothing has changed since the accepted state, for sure
        Continued,  // what has changed since can be read
        Interrupted // all credentials must be read
    };
    // Called for each row, with the columns of EntryWriter. Returns whether to go on.
    using Visit = std::function<bool(const QSqlQuery &row)>;

    virtual ~CredentialsReader();
    Q_DISABLE_COPY_MOVE(CredentialsReader)

    // If the state is Unchanged, neither the other functions nor commit() need to be called.
    [[nodiscard]] virtual Result<State> begin() = 0;
    [[nodiscard]] virtual Problem readAll(const Visit &visit) = 0;
    // Reads at most `limit` changes of each kind, each at most once.
    [[nodiscard]] virtual Problem readChanges(qsizetype limit, const Visit &visit) = 0;
    [[nodiscard]] virtual Problem commit();
    // Called after commit(), once what was read is in the store.
    virtual void accept() = 0;

protected:
    // The connection must outlive the reader.
    CredentialsReader(const SqlConnection &connection, QString domain);

    const SqlConnection &connection() const { return m_connection; }
    const QString &domain() const { return m_domain; }
    [[nodiscard]] Problem beginTransaction();
    // Executes a statement that is prepared at the first call, with the values of its placeholders.
    [[nodiscard]] Problem execute(std::optional<QSqlQuery> *query, const QString &statement,
                                  const QVariantList &values) const;
    // Visits the rows of an executed query.
    [[nodiscard]] Problem visitRows(QSqlQuery *query, const Visit &visit) const;

private:
    const SqlConnection &m_connection;
    const QString m_domain;
    std::optional<SqlTransaction> m_transaction;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_CREDENTIALSREADER_H
