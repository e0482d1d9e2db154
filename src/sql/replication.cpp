// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/replication.h"

#include "sql/database/sqlschema.h"
#include "sql/entrywriter.h"
#include "sql/libpq.h"
#include "sql/postgresqlreader.h"
#include "sql/replicationsatexit.h"
#include "sql/sqlitereader.h"

#include <QtSql/qsqldriver.h>

#include <algorithm>
#include <new>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace QZap::Internal {

namespace {

constexpr std::chrono::milliseconds ShortestPause = 250ms;
constexpr std::chrono::milliseconds LongestPause = 8s;
// Between two readings that notifications ask for.
constexpr std::chrono::milliseconds ShortestInterval = 25ms;
// More changes are read with everything else, since the store applies a replacement in another
// thread.
constexpr qsizetype MostChanges = 50000;
constexpr qsizetype RowsBetweenChecks = 256;

QString quotedIdentifier(const QString &name)
{
    return u'"' + QString(name).replace(u'"', R"("")"_L1) + u'"';
}

// Allocates nothing.
Problem outOfMemory()
{
    return u"there is not enough memory to read the credentials"_s;
}

Problem notInForce()
{
    return u"the credentials that were read could not be put in force; see the store's errorString"_s;
}

} // namespace

Replication::Replication(std::shared_ptr<ReplicationRun> run)
    : m_run(std::move(run))
{
    m_connection.setAnswered([this] {
        m_run->blockIfAbandoned();
        if (!m_connection.isOpen())
            return;
        ReplicationsAtExit::prepareForDriver();
        if (m_connection.isPostgreSql())
            m_socket = LibPq::socketOf(*m_connection.database().driver());
        m_run->setSocket(m_socket);
        m_run->startWaiting();
    });
}

Replication::~Replication()
{
    disconnect();
}

void Replication::run()
{
    while (!m_run->isStopped()) {
        try {
            step();
            wait();
        } catch (const std::bad_alloc &) {
            pauseWithoutMemory();
        }
    }
    disconnect();
}

void Replication::step()
{
    Problem problem;
    try {
        problem = tryStep();
    } catch (const std::bad_alloc &) {
        problem = outOfMemory();
    }
    m_run->endWaiting();
    if (m_run->isStopped())
        return;
    if (problem && m_run->isSilent())
        problem = m_connection.problem(u"the server does not answer"_s);
    if (problem)
        fail(problem);
    else
        succeed();
}

Problem Replication::tryStep()
{
    if (Problem problem = checkReplacement())
        return problem;
    if (m_needsConnection) {
        disconnect();
        m_needsConnection = false;
    }
    if (!m_reader) {
        if (Problem problem = connect())
            return problem;
    }
    m_run->startWaiting();
    return read();
}

Problem Replication::connect()
{
    m_needsAll = true;
    const SqlOptions &options = m_run->settings().options;
    const QString file = options.isPostgreSql()
                             ? QString()
                             : SqliteReader::identityOf(options.connectionOptions, false);
    if (Problem problem = m_connection.open(options, SqlConnection::Access::ReadOnly)) {
        return problem;
    }
    // Before the first reading: what changes later is notified.
    if (Problem problem = listen())
        return problem;
    if (Problem problem = SqlSchema::problemOf(m_connection))
        return problem;
    const QString &domain = m_run->settings().domain;
    if (options.isPostgreSql()) {
        m_reader = std::make_unique<PostgreSqlReader>(m_connection, domain);
    } else {
        m_reader =
            std::make_unique<SqliteReader>(m_connection, options.connectionOptions, domain, file);
    }
    return {};
}

void Replication::disconnect()
{
    m_run->blockIfAbandoned();
    m_connection.close();
    m_run->setSocket(-1);
    m_socket = -1;
    // Qt would warn that the statements of a lost connection cannot be freed.
    m_reader.reset();
}

// Not by QSqlDriver::subscribeToNotification(), which needs an event loop, and warns if the
// connection is lost.
Problem Replication::listen()
{
    const QString &channel = m_run->settings().notifyChannel;
    if (channel.isEmpty() || m_socket < 0)
        return {};
    QSqlQuery standby = m_connection.query();
    if (!standby.exec(u"SELECT pg_is_in_recovery()"_s) || !standby.next())
        return m_connection.problemOf(standby);
    if (standby.value(0).toBool())
        return {}; // a standby cannot notify
    standby.finish();
    return m_connection.execute("LISTEN "_L1 + quotedIdentifier(channel));
}

Problem Replication::read()
{
    const Result<CredentialsReader::State> state = m_reader->begin();
    if (!state)
        return state.problem();
    // What has changed may also be the tables.
    if (*state == CredentialsReader::State::Interrupted && !std::exchange(m_needsAll, true)) {
        if (Problem problem = SqlSchema::problemOf(m_connection))
            return problem;
    }
    if (*state == CredentialsReader::State::Unchanged && !m_needsAll)
        return {};
    // A second replacement would wait for the first one.
    if (m_needsAll && m_replacement)
        return m_reader->commit();
    return m_needsAll ? readAll() : readChanges();
}

template <typename Read>
Problem Replication::fill(QZapCredentialsUpdate *update, bool isChange, const Read &readRows)
{
    EntryWriter writer(update, isChange, &m_entryProblems);
    Problem problem = readRows([&](const QSqlQuery &row) {
        writer.add(row);
        if (writer.count() % RowsBetweenChecks != 0)
            return true;
        m_run->startWaiting();
        return !m_run->isStopped();
    });
    m_rows = writer.count();
    return problem;
}

Problem Replication::readChanges()
{
    auto update = m_run->store().begin(StoreAccess::Mode::Delta);
    if (!update)
        return {};
    Problem problem = fill(&*update, true, [this](const CredentialsReader::Visit &visit) {
        return m_reader->readChanges(MostChanges + 1, visit);
    });
    if (problem || m_run->isStopped())
        return problem;
    if (m_rows > MostChanges) {
        update.reset();
        m_needsAll = true;
        return m_replacement ? m_reader->commit() : readAll();
    }
    problem = m_reader->commit();
    if (problem)
        return problem;
    if (m_rows > 0) {
        const auto future = m_run->store().commit(&*update);
        if (future && !future->result())
            return notInForce();
    }
    m_reader->accept();
    return {};
}

Problem Replication::readAll()
{
    auto update = m_run->store().begin(StoreAccess::Mode::ReplaceAll);
    if (!update)
        return {};
    m_isFollowing = false;
    m_entryProblems.beginAll();
    Problem problem = fill(&*update, false, [this](const CredentialsReader::Visit &visit) {
        return m_reader->readAll(visit);
    });
    if (!problem && !m_run->isStopped())
        problem = m_reader->commit();
    if (problem || m_run->isStopped())
        return problem;
    m_entryProblems.endAll();
    m_replacement = m_run->store().commit(&*update);
    if (!m_replacement)
        return {};
    // Called by the thread that puts it in force, which must not wait.
    m_replacement->then([run = m_run](const QFuture<bool> &) { run->waker().wake(); });
    m_reader->accept();
    m_needsAll = false;
    return checkReplacement();
}

Problem Replication::checkReplacement()
{
    if (!m_replacement || !m_replacement->isFinished())
        return {};
    const QFuture<bool> finished = *std::exchange(m_replacement, {});
    m_isFollowing = finished.resultCount() > 0 && finished.result();
    if (m_isFollowing)
        return {};
    return notInForce();
}

void Replication::succeed()
{
    m_pause = {};
    m_lastPoll = Clock::now();
    m_next = m_lastPoll + m_run->pollInterval();
    if (m_isFollowing && !m_needsAll) {
        m_run->store().confirm();
        m_isConnected = true;
        m_outage = {};
    }
    const QString text = m_entryProblems.text();
    if (m_occurred.isEmpty() && m_entryProblems.takeNews())
        m_occurred = text;
    report();
}

void Replication::fail(const Problem &problem)
{
    disconnect();
    m_isFollowing = false;
    m_needsAll = true;
    m_pause = std::clamp(2 * m_pause, ShortestPause, LongestPause);
    // Not all gateways at once.
    const double spread = 0.75 + 0.5 * QRandomGenerator::global()->generateDouble();
    m_next = Clock::now()
             + std::chrono::milliseconds(
                 static_cast<qint64>(static_cast<double>(m_pause.count()) * spread));
    m_isConnected = false;
    if (!m_outage)
        m_occurred = problem.text();
    m_outage = problem;
    report();
}

// Whatever step() has not done or reported is repeated with a new connection.
void Replication::pauseWithoutMemory()
{
    m_run->endWaiting();
    m_needsConnection = true;
    m_needsAll = true;
    m_isFollowing = false;
    m_isConnected = false;
    if (!m_outage) {
        m_outage = outOfMemory();
        m_occurred = m_outage.what;
    }
    m_run->waker().wait(-1, ShortestPause);
}

void Replication::report()
{
    ReplicationNews news;
    news.isConnected = m_isConnected;
    news.errorString = m_outage ? m_outage.text() : m_entryProblems.text();
    news.occurred = m_occurred;
    if (news.occurred.isEmpty() && news.isConnected == m_reported.isConnected
        && news.errorString == m_reported.errorString) {
        return;
    }
    m_run->report(news); // if it throws, the same is reported later
    m_occurred.clear();
    m_reported = news;
}

void Replication::wait()
{
    const auto left = [](Clock::time_point time) {
        return std::max(std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now()), 0ms);
    };
    if (m_run->isStopped())
        return;
    // Some may have arrived with the results of the last statements, and after their snapshot.
    const bool isNotified =
        m_socket >= 0 && LibPq::dropNotifications(*m_connection.database().driver());
    if (isNotified || m_run->waker().wait(m_socket, left(m_next)))
        m_run->waker().wait(-1, left(m_lastPoll + ShortestInterval));
}

} // namespace QZap::Internal
