// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_ENTRYWRITER_H
#define QZAP_SQL_ENTRYWRITER_H

#include "base/problem.h"
#include "sql/entryproblems.h"

#include <QZap/qzapcredentialsupdate.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>
#include <QtSql/qsqlquery.h>

#include <optional>

namespace QZap::Internal {

// Adds rows of the table of credentials to an update. A row that cannot be used lets nobody in: it
// is reported, and if the update is a change, it removes the former entry.
class EntryWriter
{
public:
    // The columns of the queries of all readers.
    enum Column {
        IsKey,     // otherwise a user
        Key,       // 32 bytes
        Name,      // of a user
        IsEnabled, // null if the row was deleted
        Hash,
        UserId,  // null: empty
        Fields,  // JSON; null: none
        NotAfter // milliseconds since 1970, or text in ISO 8601; null: never
    };

    // Both must outlive the writer.
    EntryWriter(QZapCredentialsUpdate *update, bool isChange, EntryProblems *problems)
        : m_update(*update)
        , m_isChange(isChange)
        , m_problems(*problems)
    { }

    // Adds the current row of the query.
    void add(const QSqlQuery &row);
    qsizetype count() const { return m_count; }

    // The time is empty for one that is not limited.
    using Time = std::optional<QDateTime>;
    [[nodiscard]] static Result<Time> timeOf(const QVariant &value);
    [[nodiscard]] static Result<QVariantMap> fieldsOf(const QVariant &value);

private:
    void addKey(const QSqlQuery &row);
    void addUser(const QSqlQuery &row);
    void finish(const QString &name, const QString &why);
    // Returns the update's last problem without the name of the entry.
    QString updateProblem(const QString &nameEnd) const;

    QZapCredentialsUpdate &m_update;
    const bool m_isChange;
    EntryProblems &m_problems;
    qsizetype m_count = 0;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_ENTRYWRITER_H
