// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_REPLICATION_H
#define QZAP_SQL_REPLICATION_H

#include "base/problem.h"
#include "sql/credentialsreader.h"
#include "sql/database/sqlconnection.h"
#include "sql/entryproblems.h"
#include "sql/replicationrun.h"

#include <QtCore/qfuture.h>
#include <QtCore/qrandom.h>

#include <chrono>
#include <memory>
#include <optional>

namespace QZap::Internal {

// Fills a store from a database, in a thread of its own and without an event loop: all credentials
// first, and then what changes. If anything fails, it connects again after a pause, and reads all
// credentials again; the store keeps what it has meanwhile.
class Replication
{
public:
    explicit Replication(std::shared_ptr<ReplicationRun> run);
    ~Replication();
    Q_DISABLE_COPY_MOVE(Replication)

    // Returns once the run is stopped.
    void run();

private:
    using Clock = std::chrono::steady_clock;

    void step();
    Problem tryStep();
    Problem connect();
    void disconnect();
    Problem listen();
    Problem read();
    Problem readChanges();
    Problem readAll();
    // Visits each row of one of the reader's functions; ends early if the run is stopped.
    template <typename Read>
    Problem fill(QZapCredentialsUpdate *update, bool isChange, const Read &readRows);
    // Takes note of the last replacement, if it has taken effect or failed.
    Problem checkReplacement();
    void succeed();
    void fail(const Problem &problem);
    // Notes that memory has run out, without allocating any, and waits for a moment.
    void pauseWithoutMemory();
    // Reports the state if it has changed, or an error has occurred.
    void report();
    void wait();

    const std::shared_ptr<ReplicationRun> m_run;
    SqlConnection m_connection;
    int m_socket = -1; // of the connection, if it is known
    std::unique_ptr<CredentialsReader> m_reader;
    std::optional<QFuture<bool>> m_replacement; // that is not in force yet
    bool m_needsAll = true;
    bool m_needsConnection = false; // another one, after memory has run out
    bool m_isFollowing = false;     // what is in force was complete at the last reading
    qsizetype m_rows = 0;           // of the last reading
    EntryProblems m_entryProblems;
    Problem m_outage;
    QString m_occurred; // an error to be reported, if not empty
    bool m_isConnected = false;
    ReplicationNews m_reported;
    std::chrono::milliseconds m_pause{0}; // after a failure
    Clock::time_point m_next;
    Clock::time_point m_lastPoll;
};

} // namespace QZap::Internal

#endif // QZAP_SQL_REPLICATION_H
