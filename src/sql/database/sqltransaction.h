// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLTRANSACTION_H
#define QZAP_SQL_DATABASE_SQLTRANSACTION_H

#include "base/problem.h"

#include <QtCore/qglobal.h>

namespace QZap::Internal {

class SqlConnection;

// A transaction, which is rolled back on destruction unless it was committed.
class SqlTransaction
{
public:
    enum class Kind {
        Write,    // SQLite: waits for other writers when it begins, not at a later statement
        Snapshot, // reads only; all statements read the same version of the database
    };

    explicit SqlTransaction(const SqlConnection &connection);
    ~SqlTransaction();
    Q_DISABLE_COPY_MOVE(SqlTransaction)

    [[nodiscard]] Problem begin(Kind kind);
    [[nodiscard]] Problem commit();
    void rollBack();

private:
    const SqlConnection &m_connection;
    bool m_isActive = false;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLTRANSACTION_H
