// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/credentialsreader.h"

#include <QtCore/qvariantlist.h>
#include <QtSql/qsqlerror.h>

#include <utility>

namespace QZap::Internal {

CredentialsReader::CredentialsReader(const SqlConnection &connection, QString domain)
    : m_connection(connection)
    , m_domain(std::move(domain))
{ }

CredentialsReader::~CredentialsReader() = default;

Problem CredentialsReader::beginTransaction()
{
    m_transaction.emplace(m_connection);
    return m_transaction->begin(SqlTransaction::Kind::Snapshot);
}

Problem CredentialsReader::commit()
{
    return m_transaction->commit();
}

Problem CredentialsReader::execute(std::optional<QSqlQuery> *query, const QString &statement,
                                   const QVariantList &values) const
{
    if (!*query) {
        query->emplace(m_connection.query());
        if (!(*query)->prepare(statement))
            return m_connection.problemOf(**query);
    }
    for (qsizetype i = 0; i < values.size(); ++i)
        (*query)->bindValue(static_cast<int>(i), values.at(i));
    return (*query)->exec() ? Problem() : m_connection.problemOf(**query);
}

Problem CredentialsReader::visitRows(QSqlQuery *query, const Visit &visit) const
{
    while (query->next()) {
        if (!visit(*query))
            break;
    }
    Problem problem;
    if (query->lastError().isValid())
        problem = m_connection.problemOf(*query);
    query->finish();
    return problem;
}

} // namespace QZap::Internal
