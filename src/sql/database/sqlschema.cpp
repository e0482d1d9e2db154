// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlschema.h"

#include "sql/database/sqlconnection.h"
#include "sql/database/sqlschemaobjects.h"
#include "sql/database/sqltransaction.h"

#include <QtCore/qfile.h>
#include <QtCore/qvariant.h>

#include <algorithm>

using namespace Qt::StringLiterals;

// The macro does not work in a namespace. A resource of a static library needs it.
static void initializeMigrations()
{
    Q_INIT_RESOURCE(qzap_sql_migrations);
}

namespace QZap::Internal {

namespace {

// PostgreSQL: held while the schema is changed. The number is "QZap" in ASCII.
constexpr QLatin1StringView SchemaLock{"SELECT pg_advisory_xact_lock(1364877680)"};

// Returns the statements of a migration, which blank lines separate.
Result<QStringList> statementsOf(int version, bool isPostgreSql)
{
    initializeMigrations();
    QFile file(
        u":/qzap/sql/migrations/%1-%2.sql"_s.arg(isPostgreSql ? "postgresql"_L1 : "sqlite"_L1)
            .arg(version));
    if (!file.open(QIODevice::ReadOnly))
        return Problem(u"the program does not contain its migration %1"_s.arg(version));
    QStringList statements;
    for (const QString &paragraph : QString::fromUtf8(file.readAll()).split(u"\n\n"_s)) {
        const QStringList lines = paragraph.split(u'\n');
        const bool isComment = std::all_of(lines.cbegin(), lines.cend(), [](const QString &line) {
            return line.isEmpty() || line.startsWith("--"_L1);
        });
        if (!isComment)
            statements += paragraph;
    }
    return statements;
}

Problem laterProblem(const SqlConnection &connection, int version)
{
    return connection.problem(
        u"the tables have version %1, and this QZap knows versions up to %2; update QZap"_s
            .arg(version)
            .arg(SqlSchema::LatestVersion));
}

Problem incompleteProblem(const SqlConnection &connection, const QStringList &missing)
{
    return connection.problem(
        u"the tables are incomplete, %1 missing or not enabled ALWAYS: changes could go unnoticed; "
        "enable the triggers with ALTER TABLE, restore the database, or remove all of QZap's "
        "tables "
        "and make them again with qzap store init"_s.arg(
            missing.join(", "_L1) + (missing.size() == 1 ? " is"_L1 : " are"_L1)));
}

Result<int> storedVersion(const SqlConnection &connection)
{
    QSqlQuery query = connection.query();
    if (!query.exec(u"SELECT version FROM qzap_meta"_s))
        return connection.problemOf(query);
    if (!query.next())
        return connection.problem(u"qzap_meta has no row with the version of the tables; restore "
                                  "the database"_s);
    const int version = query.value(0).toInt();
    if (query.next() || version < 1)
        return connection.problem(u"qzap_meta does not have one version of the tables; restore the "
                                  "database"_s);
    return version;
}

// Returns why the tables of PostgreSQL may show rows other than those whose changes are recorded.
Problem layoutProblem(const SqlConnection &connection)
{
    if (!connection.isPostgreSql())
        return {};
    QSqlQuery query = connection.query();
    if (!query.exec(u"WITH t AS (SELECT c.oid, n.nspname FROM pg_catalog.pg_class AS c"
                    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                    " WHERE c.relname IN ('qzap_meta', 'qzap_credentials', 'qzap_changes')"
                    " AND n.nspname = ANY (pg_catalog.current_schemas(false)))"
                    " SELECT (SELECT pg_catalog.count(DISTINCT nspname) FROM t)::integer,"
                    " (SELECT pg_catalog.string_agg(DISTINCT nspname::text, ', ') FROM t),"
                    " EXISTS (SELECT FROM t WHERE pg_catalog.row_security_active(oid)),"
                    " EXISTS (SELECT FROM pg_catalog.pg_inherits AS i"
                    " JOIN t ON t.oid IN (i.inhparent, i.inhrelid))"_s)
        || !query.next()) {
        return connection.problemOf(query);
    }
    if (query.value(0).toInt() > 1) {
        return connection.problem(
            u"several schemas have tables of QZap: %1; set the search_path of the role to one of "
            "them, such as with options=-csearch_path=NAME"_s.arg(query.value(1).toString()));
    }
    if (query.value(2).toBool()) {
        return connection.problem(
            u"row-level security hides rows of the tables from this role, whose changes would be "
            "missed; switch it off with ALTER TABLE qzap_credentials DISABLE ROW LEVEL SECURITY, "
            "also for qzap_changes and qzap_meta, and put the other rows into another domain"_s);
    }
    if (query.value(3).toBool()) {
        return connection.problem(
            u"a table inherits from the tables or is a partition, and its changes would not be "
            "recorded; move its rows to qzap_credentials, and separate it with ALTER TABLE ... NO "
            "INHERIT"_s);
    }
    return {};
}

Problem applyMigration(const SqlConnection &connection, int version)
{
    const Result<QStringList> statements = statementsOf(version, connection.isPostgreSql());
    if (!statements)
        return statements.problem();
    for (const QString &statement : *statements) {
        if (Problem problem = connection.execute(statement))
            return problem;
    }
    return {};
}

// Calls a function of the schema that has one argument.
Problem call(const SqlConnection &connection, const QString &statement, const QVariant &value)
{
    if (!connection.isPostgreSql())
        return connection.problem(u"SQLite has neither roles nor notifications"_s);
    if (value.toString().contains(QChar::Null))
        return connection.problem(u"the name contains a NUL character"_s);
    QSqlQuery query(connection.database());
    if (!query.prepare(statement))
        return connection.problemOf(query);
    query.addBindValue(value);
    return query.exec() ? Problem() : connection.problemOf(query);
}

} // namespace

Result<int> SqlSchema::version(const SqlConnection &connection)
{
    const Result<SqlSchemaObjects> objects = SqlSchemaObjects::of(connection);
    if (!objects)
        return objects.problem();
    if (!objects->hasTables())
        return 0;
    if (!objects->hasMeta())
        return incompleteProblem(connection, objects->missing());
    Result<int> version = storedVersion(connection);
    // What a later version consists of is unknown.
    const bool isKnown = version && *version <= LatestVersion;
    if (isKnown && !objects->missing().isEmpty())
        return incompleteProblem(connection, objects->missing());
    return version;
}

Problem SqlSchema::problemOf(const SqlConnection &connection)
{
    const Result<int> version = SqlSchema::version(connection);
    if (!version)
        return version.problem();
    if (*version == 0) {
        return connection.problem(u"has no tables of QZap, or the role must not use their schema; "
                                  "make them with qzap store init, or let the role read them with "
                                  "qzap store init --grant ROLE"_s);
    }
    if (*version > LatestVersion)
        return laterProblem(connection, *version);
    if (*version < LatestVersion) {
        return connection.problem(
            u"the tables have version %1; update them to version %2 with qzap store init"_s
                .arg(*version)
                .arg(LatestVersion));
    }
    return layoutProblem(connection);
}

Problem SqlSchema::migrate(const SqlConnection &connection)
{
    for (;;) {
        SqlTransaction transaction(connection);
        if (Problem problem = transaction.begin(SqlTransaction::Kind::Write))
            return problem;
        if (connection.isPostgreSql()) {
            if (Problem problem = connection.execute(SchemaLock))
                return problem;
        }
        const Result<int> version = SqlSchema::version(connection);
        if (!version)
            return version.problem();
        if (*version > LatestVersion)
            return laterProblem(connection, *version);
        if (*version == LatestVersion)
            return {};
        if (Problem problem = applyMigration(connection, *version + 1))
            return problem;
        if (Problem problem = transaction.commit())
            return problem;
    }
}

Problem SqlSchema::grantReading(const SqlConnection &connection, const QString &role)
{
    // PostgreSQL takes the name for all roles, even in quotes.
    if (connection.isPostgreSql() && role == "public"_L1)
        return connection.problem(u"\"public\" stands for all roles, and the tables contain hashes "
                                  "of passwords; name a role"_s);
    return call(connection, u"SELECT qzap_grant(?)"_s, role);
}

Problem SqlSchema::setNotifyChannel(const SqlConnection &connection, const QString &channel)
{
    // With a longer one, the trigger would fail, and with it each change of a credential.
    constexpr qsizetype LongestChannel = 63;
    if (channel.toUtf8().size() > LongestChannel) {
        return connection.problem(
            u"the name of the channel is longer than %1 bytes"_s.arg(LongestChannel));
    }
    const QVariant value =
        channel.isEmpty() ? QVariant(QMetaType::fromType<QString>()) : QVariant(channel);
    return call(connection, u"SELECT qzap_set_channel(?)"_s, value);
}

} // namespace QZap::Internal
