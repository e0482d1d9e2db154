// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlconnection.h"

#include "base/text.h"
#include "sql/database/libpqsettings.h"
#include "sql/database/readonlyimage.h"
#include "sql/database/sqlerror.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qthread.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtCore/qvariant.h>
#include <QtSql/qsqlerror.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr int OldestPostgreSql = 130000; // the first with 64-bit transaction numbers

// A process may contain this code twice, such as in a static library of a plugin.
QString nextName()
{
    return u"qzap-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
}

Problem driverProblem(const QString &driver)
{
    if (QSqlDatabase::isDriverAvailable(driver))
        return {};
    return u"Qt has no driver %1; install it, on Debian and Ubuntu the package %2"_s.arg(
        driver, driver == "QPSQL"_L1 ? "libqt6sql6-psql"_L1 : "libqt6sql6-sqlite"_L1);
}

Problem linkProblem(const QFileInfo &info)
{
    if (info.exists() || !info.isSymLink())
        return {};
    return {
        u"a symbolic link to %1, which does not exist; make that file, or remove the link"_s.arg(
            quoted(info.symLinkTarget())),
        info.filePath()};
}

// Creates an empty database, which contains hashes later.
Problem createFile(const QString &file)
{
    if (QFileInfo::exists(file))
        return {};
    if (Problem problem = linkProblem(QFileInfo(file)))
        return problem;
    QFile created(file);
    if (created.open(QIODevice::WriteOnly | QIODevice::NewOnly,
                     QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || QFileInfo::exists(file)) { // by another process
        return {};
    }
    return {u"cannot be created: "_s + created.errorString(), file};
}

Problem fileProblem(const QString &file)
{
    const QFileInfo info(file);
    if (Problem problem = linkProblem(info))
        return problem;
    if (!info.exists())
        return {u"no such file; make it with qzap store init"_s, file};
    // Opening a FIFO would wait for its other end.
    if (!info.isFile())
        return {u"not a regular file"_s, file};
    return {};
}

} // namespace

SqlConnection::~SqlConnection()
{
    close();
}

void SqlConnection::close()
{
    m_isImmutable = false;
    if (m_name.isEmpty())
        return;
    m_database.close();
    m_database = QSqlDatabase();
    // Otherwise, later versions of Qt would print a warning.
    if (QCoreApplication::instance())
        QSqlDatabase::removeDatabase(m_name);
    m_name.clear();
}

Problem SqlConnection::open(const SqlOptions &options, Access access)
{
    close();
    m_options = options;
    Problem problem = options.problem();
    if (!problem)
        problem = driverProblem(options.driver);
    if (!problem)
        problem = isPostgreSql() ? openPostgreSql(access) : openSqlite(access);
    if (problem)
        close();
    return problem;
}

Problem SqlConnection::connect(const QString &databaseName, const QString &options)
{
    m_name = nextName();
    m_database = QSqlDatabase::addDatabase(m_options.driver, m_name);
    m_database.setDatabaseName(databaseName);
    m_database.setConnectOptions(options);
    const bool isConnected = m_database.open();
    if (m_answered)
        m_answered();
    if (isConnected)
        return {};
    return problem(u"cannot be opened: "_s + connectionErrorText(m_database.lastError()));
}

Problem SqlConnection::openPostgreSql(Access access)
{
    LibpqSettings settings = *LibpqSettings::parse(m_options.connectionOptions);
    settings.setDefault(u"application_name"_s, u"QZap"_s);
    // A server that does not answer, or has gone without a word, is noticed within seconds.
    settings.setDefault(u"connect_timeout"_s, u"5"_s);
    settings.setDefault(u"keepalives_idle"_s, u"5"_s);
    settings.setDefault(u"keepalives_interval"_s, u"5"_s);
    settings.setDefault(u"keepalives_count"_s, u"2"_s);
    settings.setDefault(u"tcp_user_timeout"_s, u"10000"_s);
    // Otherwise, a Kerberos ticket would replace TLS and the server's certificate.
    settings.setDefault(u"gssencmode"_s, u"disable"_s);
    if (Problem problem = connect({}, settings.toString()))
        return problem;

    const QString readOnly = access == Access::ReadOnly ? u"on"_s : u"off"_s;
    for (const QString &setting :
         {u"statement_timeout = %1"_s.arg(m_options.statementTimeout),
          u"idle_in_transaction_session_timeout = %1"_s.arg(m_options.statementTimeout),
          u"default_transaction_read_only = %1"_s.arg(readOnly), u"timezone = 'UTC'"_s,
          u"client_min_messages = error"_s}) { // libpq prints others to standard error
        if (Problem problem = execute("SET "_L1 + setting))
            return problem;
    }
    if (access == Access::ReadOnly) {
        if (Problem problem = protectReading())
            return problem;
    }
    QSqlQuery version = query();
    if (!version.exec(u"SELECT current_setting('server_version_num')"_s) || !version.next())
        return problemOf(version);
    if (version.value(0).toInt() < OldestPostgreSql)
        return problem(u"the server is older than PostgreSQL 13; update it"_s);
    return {};
}

// What the role or others have set up must not change what statements mean.
Problem SqlConnection::protectReading() const
{
    // PostgreSQL's own functions and operators precede those of the same name and types.
    Problem problem = execute(u"SELECT pg_catalog.set_config('search_path', 'pg_catalog, '"
                              " OPERATOR(pg_catalog.||)"
                              " pg_catalog.current_setting('search_path'), false)"_s);
    // Statements fail instead of leaving out rows.
    return problem ? problem : execute(u"SET row_security = off"_s);
}

Problem SqlConnection::openSqlite(Access access)
{
    const QString file = QFileInfo(m_options.connectionOptions).absoluteFilePath();
    if (access == Access::Create) {
        if (Problem problem = createFile(file))
            return problem;
    }
    if (Problem problem = fileProblem(file))
        return problem;
    const bool isReadOnly = access == Access::ReadOnly;
    m_isImmutable = isReadOnly && isOnReadOnlyImage(file);
    // The mode prevents that SQLite creates the file, with the permissions of the umask.
    QString uri = QString::fromLatin1(QUrl::fromLocalFile(file).toEncoded())
                  + (isReadOnly ? "?mode=ro"_L1 : "?mode=rw"_L1);
    if (m_isImmutable)
        uri += "&immutable=1"_L1;
    const QString options = u"QSQLITE_OPEN_URI;QSQLITE_BUSY_TIMEOUT=5000"_s
                            + (isReadOnly ? ";QSQLITE_OPEN_READONLY"_L1 : ""_L1);
    if (Problem problem = connect(uri, options))
        return problem;
    QSqlQuery first = query(); // the first that reads the file
    if (!first.exec(u"SELECT count(*) FROM sqlite_master"_s) || !first.next())
        return problemOf(first);
    first.finish();
    return isReadOnly ? Problem() : useWriteAheadLog();
}

Problem SqlConnection::useWriteAheadLog() const
{
    constexpr int Attempts = 100;
    constexpr unsigned long Pause = 50; // milliseconds
    QSqlQuery mode = query();
    for (int attempt = 1;; ++attempt) {
        if (!mode.exec(u"PRAGMA journal_mode"_s) || !mode.next())
            return problemOf(mode);
        const bool isUsed = mode.value(0).toString() == "wal"_L1;
        mode.finish();
        if (isUsed)
            return {};
        // SQLite does not wait for other connections here.
        if (mode.exec(u"PRAGMA journal_mode = WAL"_s) && mode.next()) {
            mode.finish();
            return {};
        }
        if (attempt == Attempts)
            return problemOf(mode);
        mode.finish();
        QThread::msleep(Pause);
    }
}

QSqlQuery SqlConnection::query() const
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    return query;
}

Problem SqlConnection::execute(const QString &statement) const
{
    QSqlQuery query(m_database);
    return query.exec(statement) ? Problem() : problemOf(query);
}

Problem SqlConnection::problemOf(const QSqlQuery &query) const
{
    const QString text = sqlErrorText(query.lastError(), isPostgreSql());
    return problem(text.isEmpty() ? u"the statement has no result"_s : text);
}

Problem SqlConnection::problem(const QString &what) const
{
    return {what, m_options.databaseText()};
}

} // namespace QZap::Internal
