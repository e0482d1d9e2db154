// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/sqlmeasurement.h"

#include "memoryfolder.h"
#include "postgresserver.h"
#include "sql/database/sqlschema.h"
#include "stopwatch.h"
#include "stores/certificatefolder.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapcurvedomain.h>
#include <QZap/qzapsqlsource.h>

#include <QtCore/qtextstream.h>
#include <QtSql/qsqlquery.h>

#include <algorithm>
#include <random>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

constexpr int MaximumRounds = 5;
constexpr int LongestPause = 500; // ms, before a removal, which is at any time of the interval

const QString &domainName()
{
    static const QString name = QStringLiteral("fleet");
    return name;
}

} // namespace

SqlMeasurement::SqlMeasurement(const Options &options, Results *results)
    : m_rounds(std::min(options.rounds, MaximumRounds))
    , m_keys(options.keys)
    , m_removals(std::min(options.revocations, options.keys))
    , m_results(*results)
{ }

bool SqlMeasurement::run(QString *errorMessage)
{
    const MemoryFolder folder;
    SqlOptions sqlite;
    sqlite.driver = QStringLiteral("QSQLITE");
    sqlite.connectionOptions = folder.filePath(QStringLiteral("credentials.db"));
    if (!measure(QStringLiteral("qzap-sqlite"), sqlite, errorMessage))
        return false;
    PostgresServer server;
    *errorMessage = server.create();
    if (!errorMessage->isEmpty())
        return false;
    SqlOptions postgreSql;
    postgreSql.driver = QStringLiteral("QPSQL");
    postgreSql.connectionOptions = server.connectionOptions();
    return measure(QStringLiteral("qzap-postgresql"), postgreSql, errorMessage);
}

bool SqlMeasurement::measure(const QString &name, const SqlOptions &options, QString *errorMessage)
{
    SqlConnection writer;
    Problem problem = writer.open(options, SqlConnection::Access::Create);
    if (!problem)
        problem = SqlSchema::migrate(writer);
    *errorMessage = problem.text();
    if (problem || !addKeys(writer, errorMessage))
        return false;
    LoadRow load;
    load.loader = name;
    load.what = QStringLiteral("fills a store of %1 keys").arg(m_keys);
    RevocationRow removal;
    removal.handler = name;
    removal.what = QStringLiteral("row of a table of %1 keys removed").arg(m_keys);
    for (int round = 0; round < m_rounds; ++round) {
        QTextStream(stderr) << name << ": round " << round + 1 << " of " << m_rounds << Qt::endl;
        QZapCredentialsStore store;
        QZapSqlSource source(&store);
        source.setDriver(options.driver);
        source.setConnectionOptions(options.connectionOptions);
        source.setDomain(domainName());
        const Stopwatch watch;
        if (!source.start() || !runLoopUntil([&] { return source.isConnected(); })
            || store.count() != m_keys) {
            *errorMessage = QStringLiteral("%1: %2").arg(name, source.errorString());
            return false;
        }
        load.add(watch.elapsed());
        if (round == m_rounds - 1 && !measureRemovals(writer, source, &removal)) {
            *errorMessage = QStringLiteral("%1 does not remove keys").arg(name);
            return false;
        }
    }
    m_results.loads += load;
    m_results.revocations += removal;
    return true;
}

bool SqlMeasurement::addKeys(const SqlConnection &writer, QString *errorMessage) const
{
    QSqlQuery query = writer.query();
    const bool isPrepared =
        !writer.execute(QStringLiteral("BEGIN"))
        && query.prepare(QStringLiteral("INSERT INTO qzap_credentials (domain, kind, key, user_id) "
                                        "VALUES (?, 'curve', ?, ?)"));
    bool isGood = isPrepared;
    for (qint64 number = 0; isGood && number < m_keys; ++number) {
        query.bindValue(0, domainName());
        query.bindValue(1, CertificateFolder::keyOf(number));
        query.bindValue(2, QStringLiteral("device-%1").arg(number, 9, 10, QLatin1Char('0')));
        isGood = query.exec();
    }
    *errorMessage = writer.problemOf(query).text();
    return isGood && !writer.execute(QStringLiteral("COMMIT"));
}

bool SqlMeasurement::measureRemovals(const SqlConnection &writer, const QZapSqlSource &source,
                                     RevocationRow *row)
{
    QZapAuthenticator authenticator;
    auto *const domain = new QZapCurveDomain(&authenticator);
    domain->setName(domainName());
    domain->setStore(source.store());
    if (!authenticator.addDomain(domain))
        return false;
    const auto status = [&authenticator](qint64 number) {
        return authenticator
            .evaluate(domainName(), QStringLiteral("127.0.0.1"),
                      QZapCredentials::curve(CertificateFolder::keyOf(number)))
            .status();
    };
    std::minstd_rand random; // always the same numbers
    QSqlQuery query = writer.query();
    if (!query.prepare(QStringLiteral("DELETE FROM qzap_credentials WHERE key = ? AND domain = ?")))
        return false;
    for (qint64 number = 0; number < m_removals; ++number) {
        runLoop(std::chrono::milliseconds(random() % LongestPause));
        if (!runLoopUntil([&] { return status(number) == QZap::Status::Success; }))
            return false;
        query.bindValue(0, CertificateFolder::keyOf(number));
        query.bindValue(1, domainName());
        const Stopwatch watch;
        if (!query.exec() || !runLoopUntil([&] {
                return status(number) == QZap::Status::AuthenticationFailure;
            })) {
            return false;
        }
        row->seconds.add(watch.elapsed().seconds);
    }
    return true;
}
