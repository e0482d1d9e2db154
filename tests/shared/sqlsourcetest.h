// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SQLSOURCETEST_H
#define SQLSOURCETEST_H

#include "authenticatortest.h"
#include "postgresserver.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqlschema.h"

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzappasswordfile.h>
#include <QZap/qzapplaindomain.h>
#include <QZap/qzapsqlsource.h>

#include <QtSql/qsqlquery.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <memory>

// The base of tests of sources. Each test function gets a database with QZap's tables and a writer,
// a source that is not started, and an authenticator whose domain "test" uses the store of the
// source.
class SqlSourceTest : public AuthenticatorTest
{
protected:
    using SqlConnection = QZap::Internal::SqlConnection;
    using SqlOptions = QZap::Internal::SqlOptions;
    using SqlSchema = QZap::Internal::SqlSchema;

    static constexpr std::chrono::milliseconds PollInterval{20};

    void init() override
    {
        AuthenticatorTest::init();
        m_authenticator = std::make_unique<QZapAuthenticator>();
        m_store = std::make_unique<QZapCredentialsStore>();
        auto *const keys = new QZapCurveDomain(m_authenticator.get());
        auto *const users = new QZapPlainDomain(m_authenticator.get());
        keys->setStore(m_store.get());
        users->setStore(m_store.get());
        keys->setPublishedFields({QStringLiteral("Role")});
        keys->setName(test());
        users->setName(test());
        QVERIFY(m_authenticator->addDomain(keys));
        QVERIFY(m_authenticator->addDomain(users));
        m_source = std::make_unique<QZapSqlSource>(m_store.get());
        m_source->setDomain(test());
        m_source->setPollInterval(PollInterval);
        m_errors = std::make_unique<QSignalSpy>(m_source.get(), &QZapSqlSource::errorOccurred);
    }
    void cleanup() override
    {
        m_errors.reset();
        m_source.reset();
        m_authenticator.reset();
        m_store.reset();
        m_writer.close();
        AuthenticatorTest::cleanup();
    }

    // Makes the tables in a database, which the source is set to.
    void useSqlite(const QString &name = QStringLiteral("credentials.db"))
    {
        SqlOptions options;
        options.driver = QStringLiteral("QSQLITE");
        options.connectionOptions = path(name);
        use(options);
    }
    void usePostgreSql(const PostgresServer &server)
    {
        // A database takes much longer to create than tables.
        if (server.value(QStringLiteral("SELECT 1"), m_database).isEmpty()) {
            const QString problem = server.createDatabase(m_database);
            QVERIFY2(problem.isEmpty(), qPrintable(problem));
        }
        SqlOptions options;
        options.driver = QStringLiteral("QPSQL");
        options.connectionOptions = server.connectionOptions(m_database);
        check(m_writer.open(options, SqlConnection::Access::ReadWrite));
        execute(QStringLiteral("DROP SCHEMA public CASCADE"));
        execute(QStringLiteral("CREATE SCHEMA public"));
        use(options);
    }
    void use(const SqlOptions &options)
    {
        m_options = options;
        check(m_writer.open(options, SqlConnection::Access::Create));
        if (!isPostgreSql())
            execute(QStringLiteral("PRAGMA synchronous = OFF")); // does not wait for the disk
        check(SqlSchema::migrate(m_writer));
        m_source->setDriver(options.driver);
        m_source->setConnectionOptions(options.connectionOptions);
    }
    bool isPostgreSql() const { return m_options.isPostgreSql(); }

    static void check(const QZap::Internal::Problem &problem)
    {
        QVERIFY2(!problem, qPrintable(problem.text()));
    }
    // Executes a statement as the writer.
    void execute(const QString &statement) { check(m_writer.execute(statement)); }
    // Returns the first value of a query.
    QVariant value(const QString &statement)
    {
        QSqlQuery query = m_writer.query();
        return query.exec(statement) && query.next() ? query.value(0) : QVariant();
    }

    static QByteArray keyOf(int number)
    {
        QByteArray key(32, '\x55');
        for (int i = 0; i < 3; ++i)
            key[i] = static_cast<char>(number >> (8 * i));
        return key;
    }
    // Returns the key as a literal of SQL.
    QString sqlKey(int number) const
    {
        const QString hex = QString::fromLatin1(keyOf(number).toHex());
        return isPostgreSql() ? QStringLiteral("'\\x%1'").arg(hex)
                              : QStringLiteral("x'%1'").arg(hex);
    }
    // Of the password "secret".
    static QByteArray hash()
    {
        static const QByteArray made = QZapPasswordFile::hash("secret", 1);
        return made;
    }
    void addKey(int number, const QString &userId = QStringLiteral("alice"),
                const QString &domain = test())
    {
        execute(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, user_id) "
                               "VALUES ('%1', 'curve', %2, '%3')")
                    .arg(domain, sqlKey(number), userId));
    }
    void removeKey(int number)
    {
        execute(QStringLiteral("DELETE FROM qzap_credentials WHERE key = %1").arg(sqlKey(number)));
    }
    // Adds keys with numbers up to a million, in one transaction.
    void addKeys(int first, int count)
    {
        QSqlQuery query = m_writer.query();
        execute(QStringLiteral("BEGIN"));
        if (isPostgreSql()) {
            execute(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, user_id) "
                                   "SELECT '%1', 'curve', decode(lpad(to_hex(n & 255), 2, '0')"
                                   " || lpad(to_hex((n >> 8) & 255), 2, '0')"
                                   " || lpad(to_hex(n >> 16), 2, '0') || repeat('55', 29), 'hex'),"
                                   " 'device-' || n FROM generate_series(%2, %3) AS n")
                        .arg(test())
                        .arg(first)
                        .arg(first + count - 1));
        } else {
            QVERIFY(query.prepare(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, "
                                                 "user_id) VALUES (?, 'curve', ?, ?)")));
            for (int number = first; number < first + count; ++number) {
                query.bindValue(0, test());
                query.bindValue(1, keyOf(number));
                query.bindValue(2, QStringLiteral("device-%1").arg(number));
                QVERIFY(query.exec());
            }
        }
        execute(QStringLiteral("COMMIT"));
    }

    QZapReply replyTo(int number) const
    {
        return m_authenticator->evaluate(test(), QStringLiteral("127.0.0.1"),
                                         QZapCredentials::curve(keyOf(number)));
    }
    QZap::Status statusOf(int number) const { return replyTo(number).status(); }
    QString userIdOf(int number) const { return replyTo(number).userId(); }
    // Starts the source, and waits until everything is in force.
    void start()
    {
        QVERIFY2(m_source->start(), qPrintable(m_source->errorString()));
        QTRY_VERIFY_WITH_TIMEOUT(m_source->isConnected(), 30000);
    }
    QString lastError() const
    {
        return m_errors->isEmpty() ? QString() : m_errors->constLast().constFirst().toString();
    }

    SqlOptions m_options;
    const QString m_database = QStringLiteral("fleet"); // of PostgreSQL
    SqlConnection m_writer;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsStore> m_store;
    std::unique_ptr<QZapSqlSource> m_source;
    std::unique_ptr<QSignalSpy> m_errors;
};

#endif // SQLSOURCETEST_H
