// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SQLMEASUREMENT_H
#define SQLMEASUREMENT_H

#include "options.h"
#include "results.h"
#include "sql/database/sqlconnection.h"

#include <QtCore/qstring.h>

class QZapSqlSource;

// Measures how long a source takes to fill a store with many keys from SQLite and from PostgreSQL,
// and until the removal of one key from the table is in force, with the default poll interval.
class SqlMeasurement
{
public:
    SqlMeasurement(const Options &options, Results *results);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    using SqlConnection = QZap::Internal::SqlConnection;
    using SqlOptions = QZap::Internal::SqlOptions;

    bool measure(const QString &name, const SqlOptions &options, QString *errorMessage);
    bool addKeys(const SqlConnection &writer, QString *errorMessage) const;
    bool measureRemovals(const SqlConnection &writer, const QZapSqlSource &source,
                         RevocationRow *row);

    const int m_rounds;
    const qint64 m_keys;
    const qint64 m_removals;
    Results &m_results;
};

#endif // SQLMEASUREMENT_H
