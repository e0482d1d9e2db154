// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_POOLKEEPER_H
#define QZAP_BASE_POOLKEEPER_H

#include "base/retrytimer.h"
#include "base/workerpool.h"

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <functional>
#include <memory>

namespace QZap::Internal {

// Holds a pool and starts its threads. While that fails, it is tried again from the event loop of
// the thread that it lives in.
class PoolKeeper : public QObject
{
public:
    // Gets a text that says why no thread could be started and what to do: from the event loop,
    // once.
    using Failed = std::function<void(const QString &)>;

    PoolKeeper(std::shared_ptr<WorkerPool> pool, Failed failed, QObject *parent = nullptr);
    ~PoolKeeper() override;
    Q_DISABLE_COPY_MOVE(PoolKeeper)

    WorkerPool &pool() const { return *m_pool; }

private:
    void start();

    const std::shared_ptr<WorkerPool> m_pool;
    const Failed m_failed;
    RetryTimer m_retry;
    bool m_isReported = false;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_POOLKEEPER_H
