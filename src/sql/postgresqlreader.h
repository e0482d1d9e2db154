// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_POSTGRESQLREADER_H
#define QZAP_SQL_POSTGRESQLREADER_H

#include "sql/credentialsreader.h"

namespace QZap::Internal {

// Reads credentials from PostgreSQL. What has changed are the rows of the feed whose transactions
// were not visible in the snapshot of the last reading: the order of commits is not that of any
// number in the rows.
class PostgreSqlReader : public CredentialsReader
{
public:
    PostgreSqlReader(const SqlConnection &connection, const QString &domain);
    ~PostgreSqlReader() override;

    [[nodiscard]] Result<State> begin() override;
    [[nodiscard]] Problem readAll(const Visit &visit) override;
    [[nodiscard]] Problem readChanges(qsizetype limit, const Visit &visit) override;
    void accept() override { m_accepted = m_current; }

private:
    struct Position
    {
        // Of this server, its tables, and whether it is a standby. If it differs, transaction
        // numbers mean something else.
        QString origin;
        QString snapshot; // pg_snapshot
        quint64 xmin = 0; // of the snapshot
        quint64 xmax = 0;
        quint64 pruned = 0;   // the last transaction whose changes may be missing in the feed
        QString pruneVersion; // of the row of qzap_meta, which every removal of changes updates
    };

    [[nodiscard]] Problem readPosition();

    Position m_current;
    std::optional<Position> m_accepted;
    std::optional<QSqlQuery> m_position;
    std::optional<QSqlQuery> m_all;
    std::optional<QSqlQuery> m_changes;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_POSTGRESQLREADER_H
