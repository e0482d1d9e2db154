// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/replicationsatexit.h"

#include "base/workerpool.h"

#include <QtCore/qcoreapplication.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlquery.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#ifdef Q_OS_UNIX
#    include <dlfcn.h>
#endif

using namespace std::chrono_literals;

namespace QZap::Internal {

namespace {

// For all replications together. A connection that is broken ends a thread at once.
constexpr auto LongestWait = 300ms;

struct Runs
{
    std::mutex mutex;
    std::vector<std::weak_ptr<ReplicationRun>> all;
    qint64 process = 0; // that their threads belong to
};

Runs &runs()
{
    // Never destroyed: sources may be started by destructors of static objects.
    static auto *const instance = new Runs;
    return *instance;
}

void endAll()
{
    std::vector<std::weak_ptr<ReplicationRun>> all;
    {
        const std::scoped_lock lock(runs().mutex);
        if (runs().process
            == QCoreApplication::applicationPid()) // after fork(), there is no thread
            all = std::move(runs().all);
    }
    const auto limit = std::chrono::steady_clock::now() + LongestWait;
    for (const auto &each : all) {
        if (const auto run = each.lock())
            run->stop();
    }
    for (const auto &each : all) {
        const auto run = each.lock();
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
        if (run && !run->waitForEnd(std::max(left, 0ms)))
            run->abandon();
    }
}

void keepLoaded()
{
#if defined(Q_OS_UNIX) && defined(RTLD_NODELETE)
    static const char variable = 0; // in the plugin
    Dl_info info = {};
    if (::dladdr(&variable, &info) != 0)
        (void)::dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
#endif
}

} // namespace

void ReplicationsAtExit::prepare()
{
    // What is constructed first is destroyed last: Qt's table of connections, its drivers, and the
    // objects of its invalid connections and queries.
    (void)QSqlDatabase::connectionNames();
    (void)QSqlDatabase::drivers();
    (void)QSqlQuery(QSqlDatabase()).isActive();
    WorkerPool::joinAtExit();
    static const bool isPrepared = std::atexit(endAll) == 0;
    Q_UNUSED(isPrepared)
}

void ReplicationsAtExit::prepareForDriver()
{
    static const bool isPrepared = std::atexit(endAll) == 0;
    Q_UNUSED(isPrepared)
}

void ReplicationsAtExit::add(const std::shared_ptr<ReplicationRun> &run)
{
    static const bool isKept = [] {
        keepLoaded();
        return true;
    }();
    Q_UNUSED(isKept)
    const std::scoped_lock lock(runs().mutex);
    auto &all = runs().all;
    if (std::exchange(runs().process, QCoreApplication::applicationPid())
        != QCoreApplication::applicationPid()) {
        all.clear();
    }
    all.erase(
        std::remove_if(all.begin(), all.end(), [](const auto &each) { return each.expired(); }),
        all.end());
    all.push_back(run);
}

} // namespace QZap::Internal
