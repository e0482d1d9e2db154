// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef POSTGRESSERVER_H
#define POSTGRESSERVER_H

#include <QtCore/qlist.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtemporarydir.h>

#include <memory>

// A PostgreSQL server of its own, with its data in a temporary directory, which accepts connections
// at a Unix socket, and only with createWithTls() at a TCP port. If root runs the test, the user
// "postgres" runs the server. The server ends with this object, and if the test crashes. It takes a
// second to create one: do so once in a test program, and give each test function a database with
// createDatabase().
//
// Functions that return a QString return why they failed, or an empty text:
//     QVERIFY2(problem.isEmpty(), qPrintable(problem))
class PostgresServer
{
public:
    enum class Shutdown {
        Fast,      // ends all connections, and writes what has to be written
        Immediate, // ends at once, as in a crash
    };

    PostgresServer();
    ~PostgresServer();
    Q_DISABLE_COPY_MOVE(PostgresServer)

    // Makes an empty cluster and starts it. The settings, such as "wal_level=logical", are also
    // used for later starts.
    [[nodiscard]] QString create(const QStringList &settings = {});
    // Makes a standby of a running server, or a copy of it that does not follow it, and starts
    // that.
    [[nodiscard]] QString createStandbyOf(const PostgresServer &primary);
    [[nodiscard]] QString createCopyOf(const PostgresServer &original);
    // The same as create(); the server also accepts connections with TLS at 127.0.0.1, with a
    // certificate for the host. Needs the program openssl.
    [[nodiscard]] QString createWithTls(const QString &host, const QStringList &settings = {});
    [[nodiscard]] QString start();
    [[nodiscard]] QString stop(Shutdown shutdown = Shutdown::Fast);
    [[nodiscard]] QString restart(Shutdown shutdown = Shutdown::Fast);
    [[nodiscard]] QString promote();
    bool isRunning() const { return m_process.state() == QProcess::Running; }

    // Executes statements as superuser with psql.
    [[nodiscard]] QString execute(const QString &sql,
                                  const QString &database = QStringLiteral("postgres")) const;
    // Executes a query with psql, and returns its first value; empty if it fails.
    [[nodiscard]] QString value(const QString &sql,
                                const QString &database = QStringLiteral("postgres")) const;
    [[nodiscard]] QString createDatabase(const QString &name) const;
    // Runs one of PostgreSQL's programs, such as "pg_dump", as the server's user, with the options
    // for connecting to this server.
    [[nodiscard]] QString runProgram(const QString &program, const QStringList &arguments) const;

    // Returns options for libpq.
    QString connectionOptions(const QString &database = QStringLiteral("postgres"),
                              const QString &user = QStringLiteral("postgres")) const;
    // Returns options for a connection with TLS to the server under the name of a host, with
    // sslmode=verify-full. The root certificate is "server", or "other", which is a wrong one.
    // Empty if the server was made without TLS.
    QString tlsOptions(const QString &host, const QString &certificate,
                       const QString &database) const;
    QString socketDirectory() const { return m_directory.path(); }
    QString dataDirectory() const { return m_directory.filePath(QStringLiteral("data")); }
    // Returns a directory that the server's user can read, for files of the test.
    QString directory() const { return m_directory.path(); }

    // Stops a process, such as the backend of a connection (pg_backend_pid()), or all processes of
    // the server: statements and new connections get no answer. The server is resumed before it is
    // stopped.
    void suspend(qint64 process);
    void suspend();
    void resume();

private:
    struct User
    {
        bool isOther = false; // the server needs another user than the test
        unsigned int user = 0;
        unsigned int group = 0;
    };

    QString prepare();
    QString copy(const PostgresServer &original, const QStringList &options);
    QString makeCertificate(const QString &name, const QString &host) const;
    void setUpProcess(QProcess *process) const;
    QString run(const QString &program, const QStringList &arguments, QByteArray *output) const;
    QStringList connectionArguments(const QString &database) const;
    QList<qint64> processes() const;
    QString log() const;

    QTemporaryDir m_directory;
    QString m_programs; // the directory of PostgreSQL's programs
    QStringList m_settings;
    User m_user;
    int m_port = 0; // of TCP; 0: none
    QProcess m_process;
    QList<qint64> m_suspended;
};

#endif // POSTGRESSERVER_H
