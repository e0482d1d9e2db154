// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSQLSOURCE_P_H
#define QZAPSQLSOURCE_P_H

#include "base/problem.h"
#include "base/singleshottimer.h"
#include "base/weakinvoker.h"
#include "base/workerpool.h"
#include "sql/replicationrun.h"

#include <QZap/qzapsqlsource.h>

#include <QtCore/qpointer.h>

#include <chrono>
#include <memory>

class QZapSqlSourcePrivate
{
    Q_DECLARE_PUBLIC(QZapSqlSource)

public:
    using Problem = QZap::Internal::Problem;

    explicit QZapSqlSourcePrivate(QZapSqlSource *q);
    ~QZapSqlSourcePrivate();
    Q_DISABLE_COPY_MOVE(QZapSqlSourcePrivate)

    static QZapSqlSourcePrivate *get(QZapSqlSource *source) { return source->d_func(); }

    bool start();
    void stop();
    void setStore(QZapCredentialsStore *newStore);
    // Changes a setting, and emits the signal, if the value is another one. A running replication
    // is restarted from the event loop.
    void set(QString *setting, const QString &value, void (QZapSqlSource::*changed)());
    void setPollInterval(int milliseconds);
    bool isOwnThread(const char *function) const;
    // For tests: how long a server may be silent while it is waited for.
    void setPatience(std::chrono::milliseconds patience);

    QZapSqlSource *const q_ptr;
    QPointer<QZapCredentialsStore> store;
    QString driver;
    QString connectionOptions;
    QString domain;
    QString notifyChannel;
    int pollInterval = 500;
    bool isRunning = false;
    bool isConnected = false;
    QString errorString;

private:
    QZap::Internal::SqlSettings settings() const;
    Problem settingsProblem() const;
    Problem startRun();
    void endRun();
    void scheduleRestart();
    void restart();
    void startWatch();
    void watchServer();
    void setState(bool running, bool connected, const QString &error);
    void report(const std::shared_ptr<QZap::Internal::ReplicationRun> &run,
                const QZap::Internal::ReplicationNews &news);
    void storeIsGone(const QZap::Internal::StoreAccess *access);
    void fail(const Problem &problem);

    const std::shared_ptr<QZap::Internal::WeakInvoker> m_invoker;
    std::unique_ptr<QZap::Internal::WorkerPool> m_pool; // of one thread, once it is needed
    qint64 m_process = 0;                               // that the thread belongs to
    std::shared_ptr<QZap::Internal::ReplicationRun> m_run;
    QMetaObject::Connection m_storeWatch; // in the store's thread, while there is a run
    bool m_isRestartScheduled = false;
    QZap::Internal::SingleShotTimer m_watch; // of the server
    std::chrono::nanoseconds m_patience = std::chrono::seconds(10);
};

#endif // QZAPSQLSOURCE_P_H
