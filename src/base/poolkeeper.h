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

// Holds a pool and starts its threads. If that fails, it tries again from the event loop of its
// thread.
class PoolKeeper : public QObject
{
public:
    // Called once, from the event loop, with a text that explains why no thread could be started
    // and what to do.
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
