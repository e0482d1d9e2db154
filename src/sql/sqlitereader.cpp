// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/sqlitereader.h"

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qvariantlist.h>
#include <QtSql/qsqlerror.h>

#include <utility>

#ifdef Q_OS_UNIX
#    include <sys/stat.h>
#endif

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// The columns of EntryWriter after IsEnabled.
#define QZAP_DETAILS "c.hash, nullif(c.user_id, ''), nullif(c.fields, '{}'), c.not_after"

// The schema's number also grows when a backup is restored into the file.
QString sqlitePositionStatement()
{
    return u"SELECT m.identity || ' ' || m.version || ' ' || s.schema_version, m.pruned,"
           " coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'qzap_changes'), 0)"
           " FROM qzap_meta AS m, pragma_schema_version AS s"_s;
}

QString sqliteAllStatement()
{
    return u"SELECT c.kind = 'curve', c.key, c.name, 1, " QZAP_DETAILS
           " FROM qzap_credentials AS c WHERE c.domain = ? AND c.enabled"_s;
}

QString sqliteChangesStatement()
{
    return u"SELECT 1, f.key, NULL, c.enabled, " QZAP_DETAILS
           " FROM (SELECT DISTINCT key FROM qzap_changes"
           " WHERE xid > ? AND domain = ? AND kind = 'curve' LIMIT ?) AS f"
           " LEFT JOIN qzap_credentials AS c ON c.domain = ? AND c.key = f.key"
           " UNION ALL SELECT 0, NULL, f.name, c.enabled, " QZAP_DETAILS
           " FROM (SELECT DISTINCT name FROM qzap_changes"
           " WHERE xid > ? AND domain = ? AND kind = 'plain' LIMIT ?) AS f"
           " LEFT JOIN qzap_credentials AS c ON c.domain = ? AND c.name = f.name"_s;
}

#undef QZAP_DETAILS

} // namespace

SqliteReader::SqliteReader(const SqlConnection &connection, QString file, const QString &domain,
                           const QString &identity)
    : CredentialsReader(connection, domain)
    , m_file(std::move(file))
    , m_identity(identity == identityOf(m_file, false)
                     ? identityOf(m_file, connection.isImmutable())
                     : identity) // of another file, which begin() detects
{ }

SqliteReader::~SqliteReader() = default;

QString SqliteReader::identityOf(const QString &file, bool isImmutable)
{
#ifdef Q_OS_UNIX
    struct stat status = {};
    if (::stat(QFile::encodeName(file).constData(), &status) != 0)
        return {};
    QString identity = u"%1 %2"_s.arg(status.st_dev).arg(status.st_ino);
    if (isImmutable) {
#    ifdef Q_OS_DARWIN
        const timespec &modified = status.st_mtimespec;
#    else
        const timespec &modified = status.st_mtim;
#    endif
        identity += u" %1 %2 %3"_s.arg(status.st_size)
                        .arg(qint64{modified.tv_sec})
                        .arg(qint64{modified.tv_nsec});
    }
    return identity;
#else
    const QFileInfo info(file);
    if (!info.exists())
        return {};
    return isImmutable ? info.lastModified().toString(Qt::ISODateWithMs) : u"exists"_s;
#endif
}

Result<CredentialsReader::State> SqliteReader::begin()
{
    const QString identity = identityOf(m_file, connection().isImmutable());
    if (identity.isEmpty())
        return connection().problem(u"there is no such file any longer"_s);
    if (identity != m_identity)
        return connection().problem(u"the file was replaced by another one"_s);
    if (connection().isImmutable() && m_accepted)
        return State::Unchanged;
    // First: what is committed from now on is read again next time.
    const Result<qint64> version = number(u"PRAGMA data_version"_s);
    if (!version)
        return version.problem();
    if (m_accepted && *version == m_accepted->dataVersion)
        return State::Unchanged;
    Problem problem = beginTransaction();
    if (!problem)
        problem = readPosition();
    if (problem)
        return problem;
    m_current.dataVersion = *version;
    if (!m_accepted || m_accepted->origin != m_current.origin
        || m_current.pruned > m_accepted->last) {
        return State::Interrupted;
    }
    // The numbers in the feed have no gaps. What it lacks was changed without the triggers.
    const Result<qint64> noted =
        number(u"SELECT count(*) FROM qzap_changes WHERE xid > %1"_s.arg(m_accepted->last));
    if (!noted)
        return noted.problem();
    const bool isComplete = *noted > 0 && *noted == m_current.last - m_accepted->last;
    return isComplete ? State::Continued : State::Interrupted;
}

Result<qint64> SqliteReader::number(const QString &statement)
{
    QSqlQuery query = connection().query();
    if (!query.exec(statement) || !query.next())
        return connection().problemOf(query);
    return query.value(0).toLongLong();
}

Problem SqliteReader::readPosition()
{
    Problem problem = execute(&m_position, sqlitePositionStatement(), {});
    if (problem)
        return problem;
    if (m_position->next()) {
        m_current.origin = m_position->value(0).toString();
        m_current.pruned = m_position->value(1).toLongLong();
        m_current.last = m_position->value(2).toLongLong();
    } else if (m_position->lastError().isValid()) {
        problem = connection().problemOf(*m_position);
    } else {
        problem = connection().problem(u"the table qzap_meta is empty; restore it, or create the "
                                       "tables again"_s);
    }
    m_position->finish();
    return problem;
}

Problem SqliteReader::readAll(const Visit &visit)
{
    Problem problem = execute(&m_all, sqliteAllStatement(), {domain()});
    return problem ? problem : visitRows(&*m_all, visit);
}

Problem SqliteReader::readChanges(qsizetype limit, const Visit &visit)
{
    const auto since = static_cast<qlonglong>(m_accepted->last);
    const auto most = static_cast<qlonglong>(limit);
    Problem problem = execute(&m_changes, sqliteChangesStatement(),
                              {since, domain(), most, domain(), since, domain(), most, domain()});
    return problem ? problem : visitRows(&*m_changes, visit);
}

} // namespace QZap::Internal
