// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_SQLITEREADER_H
#define QZAP_SQL_SQLITEREADER_H

#include "sql/credentialsreader.h"

namespace QZap::Internal {

// Reads credentials from an SQLite file. There is one writer at a time, so the numbers of the
// feed grow with each commit.
class SqliteReader : public CredentialsReader
{
public:
    // The identity is that of the file before it was opened.
    SqliteReader(const SqlConnection &connection, QString file, const QString &domain,
                 const QString &identity);
    ~SqliteReader() override;

    // It is a problem if the name leads to another file than the one that is open.
    [[nodiscard]] Result<State> begin() override;
    [[nodiscard]] Problem readAll(const Visit &visit) override;
    [[nodiscard]] Problem readChanges(qsizetype limit, const Visit &visit) override;
    void accept() override { m_accepted = m_current; }

    // Returns what differs if the file is replaced by another one, or, for a file that is read
    // without locks, changed in any way; empty if there is no file.
    static QString identityOf(const QString &file, bool isImmutable);

private:
    struct Position
    {
        qint64 dataVersion = 0; // differs after each commit of another connection
        QString origin;         // of the tables
        qint64 last = 0;        // number in the feed
        qint64 pruned = 0;      // the last number that may be missing in the feed
    };

    [[nodiscard]] Result<qint64> number(const QString &statement);
    [[nodiscard]] Problem readPosition();

    const QString m_file;
    QString m_identity; // of the file
    Position m_current;
    std::optional<Position> m_accepted;
    std::optional<QSqlQuery> m_position;
    std::optional<QSqlQuery> m_all;
    std::optional<QSqlQuery> m_changes;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_SQLITEREADER_H
