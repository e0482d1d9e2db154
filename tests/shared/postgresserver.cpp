// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "postgresserver.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qstandardpaths.h>

#include <algorithm>
#include <csignal>

#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int Timeout = 60'000; // milliseconds

// Debian keeps PostgreSQL's programs in a directory for each version.
QString directoryOfPrograms()
{
    const QDir versions(u"/usr/lib/postgresql"_s);
    QStringList directories;
    for (const QString &version : versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        directories += versions.filePath(version + "/bin"_L1);
    std::sort(directories.begin(), directories.end(), [](const QString &lhs, const QString &rhs) {
        return lhs.section(u'/', -2, -2).toInt() > rhs.section(u'/', -2, -2).toInt();
    });
    for (const QString &directory : std::as_const(directories)) {
        if (QFileInfo(directory + "/initdb"_L1).isExecutable()
            && QFileInfo(directory + "/postgres"_L1).isExecutable()) {
            return directory;
        }
    }
    const QString initdb = QStandardPaths::findExecutable(u"initdb"_s);
    return initdb.isEmpty() ? QString() : QFileInfo(initdb).canonicalPath();
}

qint64 parentOf(const QString &process)
{
    QFile file("/proc/"_L1 + process + "/stat"_L1);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray status = file.readAll();
    // "pid (name) state parent ...", and the name may contain spaces.
    return status.mid(status.lastIndexOf(')') + 2).split(' ').value(1).toLongLong();
}

// Returns a port of 127.0.0.1 that nobody uses at the moment.
int freePort()
{
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *const generic = reinterpret_cast<struct sockaddr *>(&address);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool isBound =
        ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    ::close(socket);
    return isBound ? ntohs(address.sin_port) : 0;
}

} // namespace

PostgresServer::PostgresServer()
    : m_directory(QDir::tempPath() + "/qzap-pg-XXXXXX"_L1)
{ }

PostgresServer::~PostgresServer()
{
    (void)stop(Shutdown::Immediate);
}

QString PostgresServer::prepare()
{
    if (!m_directory.isValid())
        return m_directory.errorString();
    m_programs = directoryOfPrograms();
    if (m_programs.isEmpty()) {
        return u"there is no PostgreSQL server; install it, on Debian and Ubuntu the package "
               "postgresql"_s;
    }
    const QByteArray path = QFile::encodeName(m_directory.path());
    if (::geteuid() == 0) {
        const struct passwd *const user = ::getpwnam("postgres");
        if (!user)
            return u"there is no user \"postgres\", and root must not run the server"_s;
        m_user = {true, user->pw_uid, user->pw_gid};
        if (::chown(path.constData(), m_user.user, m_user.group) != 0)
            return u"cannot give %1 to the user \"postgres\""_s.arg(m_directory.path());
    }
    // Other users may connect to the socket in it.
    return ::chmod(path.constData(), 0755) == 0 ? QString()
                                                : u"cannot change %1"_s.arg(m_directory.path());
}

QString PostgresServer::create(const QStringList &settings)
{
    m_settings = settings;
    if (const QString problem = prepare(); !problem.isEmpty())
        return problem;
    const QString problem =
        run(u"initdb"_s,
            {u"--pgdata"_s, dataDirectory(), u"--username=postgres"_s, u"--auth=trust"_s,
             u"--encoding=UTF8"_s, u"--locale=C"_s, u"--no-sync"_s, u"--no-instructions"_s},
            nullptr);
    return problem.isEmpty() ? start() : problem;
}

QString PostgresServer::createWithTls(const QString &host, const QStringList &settings)
{
    QString problem = prepare();
    for (const QString &name : {u"server"_s, u"other"_s}) {
        if (problem.isEmpty())
            problem = makeCertificate(name, host);
    }
    if (!problem.isEmpty())
        return problem;
    m_port = freePort();
    return create(QStringList{u"listen_addresses=127.0.0.1"_s, u"port=%1"_s.arg(m_port),
                              u"ssl=on"_s, u"ssl_cert_file="_s + directory() + "/server.pem"_L1,
                              u"ssl_key_file="_s + directory() + "/server.key"_L1}
                  + settings);
}

// Makes a certificate that is its own root, and that the user of the server owns.
QString PostgresServer::makeCertificate(const QString &name, const QString &host) const
{
    const QString key = directory() + u'/' + name + ".key"_L1;
    QProcess process;
    process.start(u"openssl"_s,
                  {u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s,
                   u"ec_paramgen_curve:prime256v1"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-subj"_s,
                   "/CN="_L1 + host, u"-addext"_s, "subjectAltName=DNS:"_L1 + host, u"-keyout"_s,
                   key, u"-out"_s, directory() + u'/' + name + ".pem"_L1});
    if (!process.waitForFinished(Timeout) || process.exitCode() != 0)
        return "openssl: "_L1 + QString::fromLocal8Bit(process.readAllStandardError());
    const QByteArray file = QFile::encodeName(key);
    const bool isOwned =
        !m_user.isOther || ::chown(file.constData(), m_user.user, m_user.group) == 0;
    return isOwned && ::chmod(file.constData(), 0600) == 0 ? QString()
                                                           : u"cannot change %1"_s.arg(key);
}

QString PostgresServer::createStandbyOf(const PostgresServer &primary)
{
    return copy(primary, {u"--write-recovery-conf"_s});
}

QString PostgresServer::createCopyOf(const PostgresServer &original)
{
    return copy(original, {});
}

QString PostgresServer::copy(const PostgresServer &original, const QStringList &options)
{
    m_settings = original.m_settings;
    if (const QString problem = prepare(); !problem.isEmpty())
        return problem;
    const QString problem =
        run(u"pg_basebackup"_s,
            QStringList{u"--pgdata"_s, dataDirectory(), u"--checkpoint=fast"_s, u"--no-sync"_s,
                        u"--host"_s, original.socketDirectory(), u"--username=postgres"_s}
                + options,
            nullptr);
    return problem.isEmpty() ? start() : problem;
}

QString PostgresServer::start()
{
    QStringList arguments = {u"-D"_s, dataDirectory(), u"-k"_s, socketDirectory()};
    for (const QString &setting :
         QStringList{u"listen_addresses="_s, u"fsync=off"_s, u"full_page_writes=off"_s,
                     u"shared_buffers=32MB"_s, u"max_wal_size=256MB"_s}
             + m_settings) {
        arguments += {u"-c"_s, setting};
    }
    setUpProcess(&m_process);
    m_process.setStandardOutputFile(QProcess::nullDevice());
    m_process.setStandardErrorFile(m_directory.path() + "/log"_L1, QIODevice::Append);
    m_process.start(m_programs + "/postgres"_L1, arguments);
    if (!m_process.waitForStarted(Timeout))
        return m_process.errorString();
    // A new standby answers once it has read enough of the primary's log.
    const QDeadlineTimer deadline(Timeout);
    while (value(u"SELECT 1"_s) != "1"_L1) {
        constexpr int Pause = 20;
        if (m_process.waitForFinished(Pause) || m_process.state() != QProcess::Running)
            return u"the server has ended:\n"_s + log();
        if (deadline.hasExpired())
            return u"the server does not answer:\n"_s + log();
    }
    return {};
}

QString PostgresServer::stop(Shutdown shutdown)
{
    if (m_process.state() == QProcess::NotRunning)
        return {};
    ::kill(static_cast<pid_t>(m_process.processId()),
           shutdown == Shutdown::Fast ? SIGINT : SIGQUIT);
    resume();
    if (m_process.waitForFinished(Timeout))
        return {};
    m_process.kill();
    m_process.waitForFinished(Timeout);
    return u"the server did not end:\n"_s + log();
}

QString PostgresServer::restart(Shutdown shutdown)
{
    const QString problem = stop(shutdown);
    return problem.isEmpty() ? start() : problem;
}

QString PostgresServer::promote()
{
    return value(u"SELECT pg_promote()"_s) == "t"_L1 ? QString()
                                                     : u"the standby was not promoted:\n"_s + log();
}

QStringList PostgresServer::connectionArguments(const QString &database) const
{
    return {u"--host"_s, socketDirectory(), u"--username=postgres"_s, u"--dbname"_s, database};
}

QString PostgresServer::execute(const QString &sql, const QString &database) const
{
    return run(u"psql"_s,
               connectionArguments(database)
                   + QStringList{u"--no-psqlrc"_s, u"--quiet"_s, u"--set=ON_ERROR_STOP=1"_s,
                                 u"--command"_s, sql},
               nullptr);
}

QString PostgresServer::value(const QString &sql, const QString &database) const
{
    QByteArray output;
    const QString problem =
        run(u"psql"_s,
            connectionArguments(database)
                + QStringList{u"--no-psqlrc"_s, u"--quiet"_s, u"--tuples-only"_s, u"--no-align"_s,
                              u"--command"_s, sql},
            &output);
    return problem.isEmpty() ? QString::fromUtf8(output).section(u'\n', 0, 0) : QString();
}

QString PostgresServer::createDatabase(const QString &name) const
{
    return execute(u"CREATE DATABASE \"%1\" TEMPLATE template0"_s.arg(name));
}

QString PostgresServer::runProgram(const QString &program, const QStringList &arguments) const
{
    return run(program,
               QStringList{u"--host"_s, socketDirectory(), u"--username=postgres"_s} + arguments,
               nullptr);
}

QString PostgresServer::connectionOptions(const QString &database, const QString &user) const
{
    const QString port = m_port == 0 ? QString() : u" port=%1"_s.arg(m_port);
    return u"host='%1' dbname='%2' user='%3'"_s.arg(socketDirectory(), database, user) + port;
}

QString PostgresServer::tlsOptions(const QString &host, const QString &certificate,
                                   const QString &database) const
{
    if (m_port == 0)
        return {};
    return u"host=%1 hostaddr=127.0.0.1 port=%2 dbname='%3' user=postgres sslmode=verify-full "
           "sslrootcert='%4/%5.pem'"_s.arg(host)
               .arg(m_port)
               .arg(database, directory(), certificate);
}

void PostgresServer::suspend(qint64 process)
{
    if (::kill(static_cast<pid_t>(process), SIGSTOP) == 0)
        m_suspended += process;
}

void PostgresServer::suspend()
{
    const QList<qint64> all = processes();
    for (const qint64 process : all)
        suspend(process);
}

void PostgresServer::resume()
{
    for (const qint64 process : std::as_const(m_suspended))
        ::kill(static_cast<pid_t>(process), SIGCONT);
    m_suspended.clear();
}

// Returns the server's process, and those that it has started.
QList<qint64> PostgresServer::processes() const
{
    QList<qint64> result = {m_process.processId()};
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        bool isNumber = false;
        const qint64 process = name.toLongLong(&isNumber);
        if (isNumber && parentOf(name) == m_process.processId())
            result += process;
    }
    return result;
}

QString PostgresServer::log() const
{
    QFile file(m_directory.path() + "/log"_L1);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void PostgresServer::setUpProcess(QProcess *process) const
{
    // Settings of the user's own databases must not matter.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys()) {
        if (name.startsWith("PG"_L1))
            environment.remove(name);
    }
    environment.insert(u"LC_ALL"_s, u"C"_s);
    if (m_port != 0)
        environment.insert(u"PGPORT"_s, QString::number(m_port));
    process->setProcessEnvironment(environment);
    process->setWorkingDirectory(m_directory.path());
    process->setChildProcessModifier([user = m_user] {
        if (user.isOther
            && (::setgroups(0, nullptr) != 0 || ::setgid(user.group) != 0
                || ::setuid(user.user) != 0)) {
            ::_exit(1);
        }
        // Ends the server if the test crashes.
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    });
}

QString PostgresServer::run(const QString &program, const QStringList &arguments,
                            QByteArray *output) const
{
    QProcess process;
    setUpProcess(&process);
    process.start(m_programs + u'/' + program, arguments);
    if (!process.waitForFinished(Timeout) || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0) {
        return u"%1: %2\n%3"_s.arg(program, process.errorString(),
                                   QString::fromLocal8Bit(process.readAllStandardError()));
    }
    if (output)
        *output = process.readAllStandardOutput();
    return {};
}
