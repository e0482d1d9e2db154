// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_REPLICATIONRUN_H
#define QZAP_SQL_REPLICATIONRUN_H

#include "base/clock.h"
#include "sql/connectionbreaker.h"
#include "sql/database/sqloptions.h"
#include "sql/storeaccess.h"
#include "sql/waker.h"

#include <QtCore/qglobal.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace QZap::Internal {

// What a source has configured.
struct SqlSettings
{
    SqlOptions options;
    QString domain;
    QString notifyChannel; // empty: none
};

// What the source is told.
struct ReplicationNews
{
    bool isConnected = false;
    QString errorString; // empty: nothing is wrong
    QString occurred;    // an error to be reported, if not empty
};

// What a source and the thread of its replication share, from a start until the next stop. Owns
// everything that the thread uses, which may outlive the source.
class ReplicationRun
{
public:
    using Report = std::function<void(const ReplicationNews &news)>;

    // The function is called in the thread of the replication.
    ReplicationRun(SqlSettings settings, std::shared_ptr<StoreAccess> access, Report report)
        : m_settings(std::move(settings))
        , m_access(std::move(access))
        , m_report(std::move(report))
    { }
    Q_DISABLE_COPY_MOVE(ReplicationRun)

    const SqlSettings &settings() const { return m_settings; }
    StoreAccess &store() const { return *m_access; }
    const std::shared_ptr<StoreAccess> &access() const { return m_access; }

    // The functions of the source.
    void setPollInterval(std::chrono::milliseconds interval)
    {
        m_pollInterval = interval.count();
        m_waker.wake();
    }
    // Nothing changes the store from now on, and nothing is reported. A wait for a server ends.
    void stop()
    {
        m_isStopped = true;
        m_breaker.breakAll();
        m_waker.wake();
        m_access->close();
    }
    // Waits until the thread has left the run; returns false if it has not in time.
    bool waitForEnd(std::chrono::milliseconds time) const
    {
        return m_ended.wait_for(m_isAbandoned ? std::chrono::milliseconds(0) : time)
               == std::future_status::ready;
    }
    // The thread does nothing any longer, once it returns from a call that blocks it: the program
    // exits, and what it would use is destroyed. Called after stop().
    void abandon() { m_isAbandoned = true; }
    // Breaks the connection to a server that has been silent for this time, in nanoseconds, while
    // the thread waits for it.
    void breakIfSilent(qint64 time)
    {
        const qint64 since = m_waitingSince;
        if (since == 0 || Clock::steady() - since < time)
            return;
        m_breaker.breakConnection();
    }

    // The functions of the thread.
    bool isStopped() const { return m_isStopped; }
    // Called before Qt's table of connections is used. Never returns if the run is abandoned.
    void blockIfAbandoned()
    {
        while (m_isAbandoned)
            std::this_thread::sleep_for(std::chrono::hours(1));
    }
    std::chrono::milliseconds pollInterval() const
    {
        return std::chrono::milliseconds(m_pollInterval);
    }
    Waker &waker() { return m_waker; }
    void report(const ReplicationNews &news) const
    {
        if (!m_isStopped)
            m_report(news);
    }
    void setSocket(int socket) { m_breaker.setSocket(socket); }
    // Called before statements, and whenever the server has sent something.
    void startWaiting() { m_waitingSince = Clock::steady(); }
    void endWaiting() { m_waitingSince = 0; }
    // Returns whether the connection was broken by breakIfSilent().
    bool isSilent() { return m_breaker.isBroken(); }
    void setEnded() { m_endedPromise.set_value(); }

private:
    const SqlSettings m_settings;
    const std::shared_ptr<StoreAccess> m_access;
    const Report m_report;
    std::atomic<qint64> m_pollInterval{500}; // ms
    std::atomic<bool> m_isStopped{false};
    std::atomic<bool> m_isAbandoned{false};
    std::atomic<qint64> m_waitingSince{0}; // of Clock::steady(); 0: does not wait
    Waker m_waker;
    ConnectionBreaker m_breaker;
    std::promise<void> m_endedPromise;
    const std::shared_future<void> m_ended = m_endedPromise.get_future().share();
};

} // namespace QZap::Internal

#endif // QZAP_SQL_REPLICATIONRUN_H
