// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_THREADPOOLS_H
#define QZAP_CREDENTIALS_THREADPOOLS_H

#include "protocol/handover.h"

#include <QtCore/qfuture.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpromise.h>
#include <QtCore/qrunnable.h>
#include <QtCore/qthreadpool.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace QZap::Internal {

// The library's own, so that an application that fills the global pool does not keep peers waiting.
QThreadPool &loaderPool();
// Apart from the other, since hashing uses a processor for long.
QThreadPool &hashPool();

// Unlike the function that a pool takes, it is told of before anything of it is read there.
template <typename Function>
class PoolTask final : public QRunnable
{
public:
    explicit PoolTask(Function function)
        : m_function(std::move(function))
    { }
    void run() override { m_function(); }

private:
    HandedOver<Function> m_function;
};

// Runs a function, which must not throw, on a pool.
template <typename Function>
void startOn(QThreadPool &pool, Function function)
{
    auto *const task = new PoolTask<Function>(std::move(function));
    handOver();
    pool.start(task);
}

// Runs a function on a pool. What it throws ends in the future.
template <typename Function>
QFuture<std::invoke_result_t<Function>> runOn(QThreadPool &pool, Function function)
{
    using Result = std::invoke_result_t<Function>;
    auto promise = std::make_shared<QPromise<Result>>();
    QFuture<Result> future = promise->future();
    promise->start();
    startOn(pool, [promise, run = std::move(function)]() mutable {
        try {
            promise->addResult(run());
        } catch (...) {
            promise->setException(std::current_exception());
        }
        handOver();
        promise->finish();
    });
    return future;
}

// Calls the function with the finished future, in the context's thread and only while the context
// lives, which QFuture::then() asserts instead.
template <typename Result, typename Function>
void whenFinished(const QFuture<Result> &future, QObject *context, Function function)
{
    auto *watcher = new QFutureWatcher<Result>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, run = std::move(function)] {
                         takeOver();
                         watcher->deleteLater();
                         run(watcher->future());
                     });
    watcher->setFuture(future);
}

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_THREADPOOLS_H
