// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef POOLTASK_H
#define POOLTASK_H

#include "famine.h"

#include "base/tsanhandover.h"

#include <QtCore/qrunnable.h>
#include <QtCore/qthreadpool.h>

#include <utility>

// Runs a function on a QThreadPool, as an application may. Unlike a plain function, this shows
// ThreadSanitizer the handover.
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
    if (Famine::isHere()) { // Qt ends the process as it starts a thread then
        function();
        return;
    }
    auto *const task = new PoolTask<Function>(std::move(function));
    QZap::Internal::handOver();
    pool.start(task);
}

#endif // POOLTASK_H
