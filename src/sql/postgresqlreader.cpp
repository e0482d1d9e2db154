// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/postgresqlreader.h"

#include <QtCore/qvariantlist.h>
#include <QtSql/qsqlerror.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// The columns of EntryWriter after IsEnabled. Times are numbers, since Qt parses texts slowly, and
// has no infinity.
#define QZAP_DETAILS                                                                               \
    "c.hash, nullif(c.user_id, ''), nullif(c.fields, '{}')::text,"                                 \
    " CASE WHEN c.not_after IS NULL OR c.not_after = 'infinity' THEN NULL"                         \
    " WHEN c.not_after = '-infinity' THEN 0"                                                       \
    " ELSE pg_catalog.floor(extract(epoch FROM c.not_after) * 1000::numeric)::bigint END"

// A server keeps its start time, a table its OID, and, unless it is rewritten, its file. A standby
// that is promoted continues the connection. Triggers that are switched off do not fill the feed.
QString lockStatement()
{
    return u"LOCK TABLE qzap_meta, qzap_credentials, qzap_changes IN ACCESS SHARE MODE"_s;
}

// Functions are qualified, and operators have operands of exactly their types: others may create
// functions and operators that fit better in the schema of the tables.
QString postgreSqlPositionStatement()
{
    return u"SELECT pg_catalog.pg_current_snapshot()::text, m.pruned::text,"
           " pg_catalog.pg_is_in_recovery(), pg_catalog.concat_ws(' ', m.identity, m.version,"
           " extract(epoch FROM pg_catalog.pg_postmaster_start_time()),"
           " pg_catalog.pg_is_in_recovery(), 'qzap_credentials'::regclass::oid,"
           " pg_catalog.pg_relation_filenode('qzap_credentials'::regclass),"
           " 'qzap_changes'::regclass::oid,"
           " pg_catalog.pg_relation_filenode('qzap_changes'::regclass),"
           " (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', tgname, oid, xmin, tgenabled),"
           " ',' ORDER BY tgname) FROM pg_catalog.pg_trigger"
           " WHERE tgrelid IN ('qzap_credentials'::regclass::oid, 'qzap_changes'::regclass::oid)"
           " AND tgname <> 'qzap_notified')),"
           " EXISTS (SELECT FROM pg_catalog.pg_subscription_rel"
           " WHERE srrelid = 'qzap_credentials'::regclass::oid), m.xmin::text"
           " FROM qzap_meta AS m"_s;
}

QString postgreSqlAllStatement()
{
    return u"SELECT c.kind = 'curve', c.key, c.name, true, " QZAP_DETAILS
           " FROM ONLY qzap_credentials AS c WHERE c.domain = ? AND c.enabled"_s;
}

// The subquery is lateral so that the table is never read as a whole.
QString postgreSqlChangesStatement()
{
    return u"SELECT f.kind = 'curve', f.key, f.name, c.enabled, " QZAP_DETAILS
           " FROM (SELECT DISTINCT kind, key, name FROM qzap_changes"
           " WHERE xid >= pg_catalog.pg_snapshot_xmin(?::pg_snapshot)"
           " AND xid < pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())"
           " AND NOT pg_catalog.pg_visible_in_snapshot(xid, ?::pg_snapshot)"
           " AND domain = ? LIMIT ?::bigint) AS f"
           " LEFT JOIN LATERAL (SELECT * FROM ONLY qzap_credentials AS k"
           " WHERE f.kind = 'curve' AND k.kind = 'curve' AND k.domain = ? AND k.key = f.key"
           " UNION ALL SELECT * FROM ONLY qzap_credentials AS u"
           " WHERE f.kind = 'plain' AND u.kind = 'plain' AND u.domain = ? AND u.name = f.name)"
           " AS c ON true"_s;
}

#undef QZAP_DETAILS

} // namespace

PostgreSqlReader::PostgreSqlReader(const SqlConnection &connection, const QString &domain)
    : CredentialsReader(connection, domain)
{ }

PostgreSqlReader::~PostgreSqlReader() = default;

Result<CredentialsReader::State> PostgreSqlReader::begin()
{
    Problem problem = beginTransaction();
    // Before the snapshot is taken: one of before TRUNCATE or ALTER TABLE would find an empty table
    // after them.
    if (!problem)
        problem = connection().execute(lockStatement());
    if (!problem)
        problem = readPosition();
    if (problem)
        return problem;
    if (!m_accepted || m_accepted->origin != m_current.origin)
        return State::Interrupted;
    // The numbers of a copy that is older.
    if (m_current.xmin < m_accepted->xmin || m_current.xmax < m_accepted->xmax)
        return State::Interrupted;
    // The mark does not move if the changes of a transaction before it, which was committed late,
    // are pruned. A number that no transaction has had yet comes from another server, with a dump.
    if (m_current.pruneVersion != m_accepted->pruneVersion && m_current.pruned >= m_accepted->xmin
        && m_current.pruned < m_current.xmax) {
        return State::Interrupted;
    }
    return State::Continued;
}

Problem PostgreSqlReader::readPosition()
{
    Problem problem = execute(&m_position, postgreSqlPositionStatement(), {});
    if (problem)
        return problem;
    if (!m_position->next()) {
        problem = m_position->lastError().isValid()
                      ? connection().problemOf(*m_position)
                      : connection().problem(u"the table qzap_meta is empty; restore it, or "
                                             "create the tables again"_s);
        m_position->finish();
        return problem;
    }
    m_current.snapshot = m_position->value(0).toString();
    m_current.xmin = m_current.snapshot.section(u':', 0, 0).toULongLong();
    m_current.xmax = m_current.snapshot.section(u':', 1, 1).toULongLong();
    m_current.pruned = m_position->value(1).toString().toULongLong();
    m_current.origin = m_position->value(3).toString();
    const bool isSubscriber = m_position->value(4).toBool();
    m_current.pruneVersion = m_position->value(5).toString();
    // The snapshot of a standby does not contain the transactions that are in progress.
    if (m_position->value(2).toBool())
        m_current.snapshot = u"%1:%1:"_s.arg(m_current.xmin);
    m_position->finish();
    if (isSubscriber) {
        return connection().problem(
            u"a subscription writes the table qzap_credentials, and the changes that it makes are "
            "not recorded; use the publishing server, or a standby of it"_s);
    }
    return {};
}

Problem PostgreSqlReader::readAll(const Visit &visit)
{
    // The time depends on the number of rows, and the connection is watched.
    Problem problem = connection().execute(u"SET LOCAL statement_timeout = 0"_s);
    if (!problem)
        problem = execute(&m_all, postgreSqlAllStatement(), {domain()});
    return problem ? problem : visitRows(&*m_all, visit);
}

Problem PostgreSqlReader::readChanges(qsizetype limit, const Visit &visit)
{
    const QString &since = m_accepted->snapshot;
    Problem problem =
        execute(&m_changes, postgreSqlChangesStatement(),
                {since, since, domain(), static_cast<qlonglong>(limit), domain(), domain()});
    return problem ? problem : visitRows(&*m_changes, visit);
}

} // namespace QZap::Internal
