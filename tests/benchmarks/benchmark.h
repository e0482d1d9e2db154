// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef BENCHMARK_H
#define BENCHMARK_H

#include "fixture.h"
#include "handlers/handler.h"
#include "options.h"
#include "results.h"

#include <functional>
#include <memory>
#include <vector>

class QZapHandler;

// Runs the handlers in rounds. Each round includes every handler, so that changes on the machine
// affect all of them.
class Benchmark
{
public:
    explicit Benchmark(const Options &options);
    ~Benchmark();

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(Results *results, QString *errorMessage);

private:
    using HandlerCall = std::function<bool(Handler &)>;

    bool isWanted(const char *measure) const;
    void makeHandlers(bool onlyGuard);
    QList<QZapHandler *> qzapHandlers() const;
    bool measureWithoutHandlers(Results *results, QString *errorMessage);
    bool startHandlers(QString *errorMessage);
    bool measureAsking(Results *results, QString *errorMessage);
    bool measureGrowth(Results *results, QString *errorMessage);
    bool measureHandshakes(Results *results, QString *errorMessage);
    bool measureBlocked(Results *results, QString *errorMessage);
    bool measureTimers(Results *results, QString *errorMessage);
    // Calls the function for each handler: the raw handler is the first in even rounds, and the
    // last in odd ones.
    bool forEachHandler(int round, const Workload &workload, const HandlerCall &call,
                        QString *errorMessage);
    qint64 requestsFor(const Handler &handler, const Pattern &pattern) const;

    const Options &m_options;
    Fixture m_fixture;
    QList<Workload> m_workloads;
    std::vector<std::unique_ptr<Handler>> m_handlers;
};

#endif // BENCHMARK_H
