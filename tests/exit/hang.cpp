// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Exits while threads are blocked forever, as on a file system that does not respond.

#include "base/workerpool.h"
#include "credentials/watching/watchthread.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsemaphore.h>

#include <cstdlib>
#include <memory>

using namespace QZap::Internal;

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    struct Semaphores
    {
        QSemaphore begun;
        QSemaphore never;
    };
    const auto semaphores = std::make_shared<Semaphores>();
    const auto hang = [semaphores] {
        semaphores->begun.release();
        semaphores->never.acquire();
    };
    const auto loading = WorkerPool::shared(WorkerPool::Purpose::Loading);
    const auto watching = WatchThread::take();
    if (!watching || loading->start())
        return EXIT_FAILURE;
    loading->run(hang);
    watching->run(hang);
    semaphores->begun.acquire(2);
    return EXIT_SUCCESS;
}
