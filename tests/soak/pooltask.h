// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef POOLTASK_H
#define POOLTASK_H

#include "famine.h"

#include "base/tsanhandover.h"

#include <QtCore/qrunnable.h>
#include <QtCore/qthreadpool.h>

#include <utility>

// Runs a function on a QThreadPool, as an application may. Unlike with a plain function,
// ThreadSanitizer can see how it is passed to the thread.
template <typename Function>
class PoolTask final : public QRunnable
{
public:
    explicit PoolTask(Function function)
        : m_function(std::move(function))
    { }
    void run() override { m_function(); }

private:
    QZap::Internal::HandedOver<Function> m_function;
};

template <typename Function>
void startOn(QThreadPool &pool, Function function)
{
    if (Famine::isHere()) { // Qt would end the process, since it cannot start a thread
        function();
        return;
    }
    auto *const task = new PoolTask<Function>(std::move(function));
    QZap::Internal::handOver();
    pool.start(task);
}

#endif // POOLTASK_H
