// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlschemaobjects.h"

#include "sql/database/sqlconnection.h"

#include <QtCore/qvariant.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

QStringList tables()
{
    return {u"qzap_meta"_s, u"qzap_credentials"_s, u"qzap_changes"_s};
}

// Without one of these, changes would not be noticed.
QStringList triggers(bool isPostgreSql)
{
    QStringList result = {u"qzap_inserted"_s, u"qzap_updated"_s, u"qzap_deleted"_s};
    if (isPostgreSql)
        result += {u"qzap_truncated"_s, u"qzap_pruned"_s}; // not needed with SQLite
    return result;
}

// The tables are those that statements of this connection would find. A trigger that is not enabled
// ALWAYS would not note the changes of every session.
constexpr QLatin1StringView PostgreSqlObjects{
    "SELECT name FROM unnest(ARRAY['qzap_meta', 'qzap_credentials', 'qzap_changes']) AS name "
    "WHERE pg_catalog.to_regclass(name) IS NOT NULL "
    "UNION ALL SELECT tgname FROM pg_catalog.pg_trigger "
    "WHERE tgrelid IN (pg_catalog.to_regclass('qzap_credentials'::text)::oid, "
    "pg_catalog.to_regclass('qzap_changes'::text)::oid) AND tgenabled = 'A'"};
constexpr QLatin1StringView SqliteObjects{
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger') AND tbl_name IN "
    "('qzap_meta', 'qzap_credentials', 'qzap_changes')"};

} // namespace

Result<SqlSchemaObjects> SqlSchemaObjects::of(const SqlConnection &connection)
{
    SqlSchemaObjects objects;
    objects.m_isPostgreSql = connection.isPostgreSql();
    QSqlQuery query = connection.query();
    if (!query.exec(objects.m_isPostgreSql ? PostgreSqlObjects : SqliteObjects))
        return connection.problemOf(query);
    while (query.next())
        objects.m_present += query.value(0).toString();
    return objects;
}

bool SqlSchemaObjects::hasTables() const
{
    const QStringList names = tables();
    return std::any_of(names.cbegin(), names.cend(),
                       [this](const QString &name) { return m_present.contains(name); });
}

bool SqlSchemaObjects::hasMeta() const
{
    return m_present.contains(tables().constFirst());
}

QStringList SqlSchemaObjects::missing() const
{
    QStringList result;
    for (const QString &name : tables() + triggers(m_isPostgreSql)) {
        if (!m_present.contains(name))
            result += name;
    }
    return result;
}

} // namespace QZap::Internal
