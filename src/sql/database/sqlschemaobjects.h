// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_DATABASE_SQLSCHEMAOBJECTS_H
#define QZAP_SQL_DATABASE_SQLSCHEMAOBJECTS_H

#include "base/problem.h"

#include <QtCore/qstringlist.h>

namespace QZap::Internal {

class SqlConnection;

// The tables and triggers of the schema that a database has. A trigger that is switched off counts
// as missing.
class SqlSchemaObjects
{
public:
    [[nodiscard]] static Result<SqlSchemaObjects> of(const SqlConnection &connection);

    bool hasTables() const;
    bool hasMeta() const;
    QStringList missing() const;

private:
    QStringList m_present;
    bool m_isPostgreSql = false;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_DATABASE_SQLSCHEMAOBJECTS_H
