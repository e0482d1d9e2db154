// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "benchmark.h"

#include "guard/guardmeasurement.h"
#include "handlers/qzaphandler.h"
#include "handlers/rawhandler.h"
#include "hashing/hashingmeasurement.h"
#include "idlemeasurement.h"
#include "load/cores.h"
#include "memorymeasurement.h"
#include "stores/revocationmeasurement.h"
#include "stores/storemeasurement.h"
#include "stores/updatesmeasurement.h"
#include "stores/usersmeasurement.h"
#include "watching/watchingmeasurement.h"
#ifdef QZAP_HAS_CZMQ
#    include "handlers/czmqhandler.h"
#endif
#ifdef QZAP_HAS_SQL
#    include "stores/sqlmeasurement.h"
#endif
#ifdef QZAP_PYTHON
#    include "handlers/pyzmqhandler.h"
#endif

#include <QtCore/qhash.h>
#include <QtCore/qtextstream.h>
#include <QtCore/qthread.h>

#include <algorithm>
#include <limits>

namespace {

// With one request at a time, every handler spends most of the time on waking threads.
constexpr qint64 OneAtATimeShare = 20;
constexpr int IdleTime = 1000;       // ms
constexpr double BlockedTime = 1;    // s
constexpr double BlockedShare = 0.8; // the measured part of it

void progress(const char *measure, int round, int rounds)
{
    QTextStream(stderr) << measure << ": round " << round + 1 << " of " << rounds << Qt::endl;
}

double cpuOf(const AskingResult &result)
{
    return result.handlerSeconds / static_cast<double>(result.requests);
}

void addAsking(AskingRow *row, const AskingResult &result, const AskingResult &raw)
{
    const auto rate = [](const AskingResult &r) {
        return static_cast<double>(r.requests) / r.seconds;
    };
    row->cpu.add(cpuOf(result));
    row->cpuRatio.add(cpuOf(result) / cpuOf(raw));
    row->rate.add(rate(result));
    row->rateRatio.add(rate(result) / rate(raw));
    if (row->pattern.isOneAtATime()) {
        row->p50.add(result.p50);
        row->p50Ratio.add(result.p50 / raw.p50);
        row->p99.add(result.p99);
    }
}

void addLateness(QList<TimerRow>::iterator row, const QList<LatenessProbe::Timeout> &timeouts,
                 double begin, double end)
{
    for (const LatenessProbe::Timeout &timeout : timeouts) {
        if (timeout.at >= begin && timeout.at <= end)
            row->lateness.add(timeout.lateness);
    }
}

} // namespace

Benchmark::Benchmark(const Options &options)
    : m_options(options)
    , m_fixture(options.keys)
{ }

Benchmark::~Benchmark()
{
    for (const auto &handler : m_handlers)
        handler->stop();
}

bool Benchmark::run(Results *results, QString *errorMessage)
{
    if (!m_fixture.create(errorMessage))
        return false;
    m_workloads = m_fixture.workloads(m_options.mechanisms);
    if (!m_options.bound)
        useAnyCores();
    if (!measureWithoutHandlers(results, errorMessage))
        return false;
    const bool isOnlyGuardAsked = !isWanted("asking") && !isWanted("growth")
                                  && !isWanted("handshakes") && !isWanted("blocked")
                                  && !isWanted("timer");
    if (isOnlyGuardAsked && !isWanted("guard"))
        return true;
    makeHandlers(isOnlyGuardAsked);
    return startHandlers(errorMessage)
           && (!isWanted("growth") || measureGrowth(results, errorMessage))
           && (!(isWanted("asking") || isWanted("guard")) || measureAsking(results, errorMessage))
           && (!isWanted("handshakes") || measureHandshakes(results, errorMessage))
           && (!isWanted("blocked") || measureBlocked(results, errorMessage))
           && (!isWanted("timer") || measureTimers(results, errorMessage));
}

bool Benchmark::isWanted(const char *measure) const
{
    return m_options.measures.contains(QLatin1StringView(measure));
}

void Benchmark::makeHandlers(bool onlyGuard)
{
    m_handlers.push_back(std::make_unique<RawHandler>());
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::Plain));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::Listeners));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::Provider));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::WorkerThread));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::Guard));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::AuditLog));
    m_handlers.push_back(std::make_unique<QZapHandler>(QZapHandler::Variant::SlowAuditLog));
#ifdef QZAP_HAS_CZMQ
    m_handlers.push_back(std::make_unique<CzmqHandler>());
#endif
#ifdef QZAP_PYTHON
    m_handlers.push_back(
        std::make_unique<PyzmqHandler>(PyzmqHandler::Kind::Thread, m_options.bound));
    m_handlers.push_back(
        std::make_unique<PyzmqHandler>(PyzmqHandler::Kind::Asyncio, m_options.bound));
#endif
    const auto unwanted = std::remove_if(m_handlers.begin(), m_handlers.end(), [&](const auto &h) {
        return !m_options.handlers.contains(h->name())
               || (onlyGuard && h->name() != QLatin1StringView("raw")
                   && h->name() != QLatin1StringView("qzap-guard"));
    });
    m_handlers.erase(unwanted, m_handlers.end());
}

QList<QZapHandler *> Benchmark::qzapHandlers() const
{
    QList<QZapHandler *> result;
    for (const auto &handler : m_handlers) {
        if (auto *const qzap = dynamic_cast<QZapHandler *>(handler.get()))
            result.append(qzap);
    }
    return result;
}

// Makes the measurements that other handlers in the process would affect.
bool Benchmark::measureWithoutHandlers(Results *results, QString *errorMessage)
{
    if (isWanted("idle")) {
        results->idle = measureIdle(m_fixture, m_options.idleSeconds, errorMessage);
        if (!results->idle)
            return false;
    }
    if (isWanted("memory")) {
        results->memory = measureMemory(m_fixture, errorMessage);
        if (!results->memory)
            return false;
    }
#ifdef QZAP_HAS_SQL
    if (isWanted("sql") && !SqlMeasurement(m_options, results).run(errorMessage))
        return false;
#endif
    return (!isWanted("stores")
            || StoreMeasurement(m_options, m_fixture, results).run(errorMessage))
           && (!isWanted("users") || UsersMeasurement(m_options, results).run(errorMessage))
           && (!isWanted("updates") || UpdatesMeasurement(m_options, results).run(errorMessage))
           && (!isWanted("revoking") || RevocationMeasurement(m_options, results).run(errorMessage))
           && (!isWanted("watching") || measureWatching(m_options, results, errorMessage))
           && (!isWanted("guard") || GuardMeasurement(m_options, results).run(errorMessage))
           && (!isWanted("hashing")
               || HashingMeasurement(m_options, m_fixture, results).run(errorMessage));
}

bool Benchmark::startHandlers(QString *errorMessage)
{
    for (const auto &handler : m_handlers) {
        QString problem;
        if (!handler->start(m_fixture, &problem)) {
            *errorMessage = QStringLiteral("%1 does not start: %2").arg(handler->name(), problem);
            return false;
        }
    }
    return true;
}

bool Benchmark::measureAsking(Results *results, QString *errorMessage)
{
    for (const Workload &workload : qAsConst(m_workloads)) {
        for (const Pattern &pattern : m_options.patterns) {
            for (const auto &handler : m_handlers) {
                if (handler->serves(workload))
                    results->asking.append(
                        {handler->name(), workload, pattern, {}, {}, {}, {}, {}, {}, {}});
            }
        }
    }
    for (int round = 0; round < m_options.rounds; ++round) {
        progress("asking", round, m_options.rounds);
        auto row = results->asking.begin();
        for (const Workload &workload : qAsConst(m_workloads)) {
            for (const Pattern &pattern : m_options.patterns) {
                QHash<QString, AskingResult> figures;
                const auto ask = [&](Handler &handler) {
                    AskingLoad load = m_fixture.askingLoad(workload);
                    load.dealers = pattern.dealers;
                    load.outstanding = pattern.outstanding;
                    load.requests = requestsFor(handler, pattern);
                    return handler.ask(load, &figures[handler.name()]);
                };
                if (!forEachHandler(round, workload, ask, errorMessage))
                    return false;
                const AskingResult raw = figures.value(QStringLiteral("raw"));
                for (qsizetype i = 0; i < figures.size(); ++i, ++row)
                    addAsking(&*row, figures.value(row->handler), raw);
            }
        }
    }
    return true;
}

// Measures QZap and the raw handler with every number of keys, and the other handlers with one key
// only.
bool Benchmark::measureGrowth(Results *results, QString *errorMessage)
{
    const auto takesPart = [](const Handler &handler, const Workload &workload) {
        return handler.serves(workload) && !handler.name().startsWith(QLatin1StringView("qzap-"))
               && handler.name() != QLatin1StringView("pyzmq-asyncio");
    };
    const Pattern pattern{8, 16};
    const QList<Workload> workloads = m_fixture.growingWorkloads();
    for (const Workload &workload : workloads) {
        for (const auto &handler : m_handlers) {
            if (takesPart(*handler, workload))
                results->growth.append({handler->name(), workload.keys, {}, {}, {}});
        }
    }
    for (int round = 0; round < m_options.growthRounds; ++round) {
        progress("growth", round, m_options.growthRounds);
        QHash<QPair<QString, qint64>, double> costs;
        for (qsizetype i = 0; i < workloads.size(); ++i) {
            const Workload &workload = workloads[round % 2 == 0 ? i : workloads.size() - 1 - i];
            const auto ask = [&](Handler &handler) {
                if (!takesPart(handler, workload))
                    return true;
                AskingLoad load = m_fixture.askingLoad(workload);
                load.dealers = pattern.dealers;
                load.outstanding = pattern.outstanding;
                load.requests = requestsFor(handler, pattern);
                AskingResult result = {};
                const bool ok = handler.ask(load, &result);
                costs.insert({handler.name(), workload.keys}, cpuOf(result));
                return ok;
            };
            if (!forEachHandler(round, workload, ask, errorMessage))
                return false;
        }
        for (GrowthRow &row : results->growth) {
            const double cost = costs.value({row.handler, row.keys});
            row.cpu.add(cost);
            row.cpuRatio.add(cost / costs.value({QStringLiteral("raw"), row.keys}));
            row.growth.add(cost / costs.value({row.handler, 1}));
        }
    }
    return true;
}

bool Benchmark::measureHandshakes(Results *results, QString *errorMessage)
{
    QList<Workload> workloads;
    for (const Workload &workload : qAsConst(m_workloads)) {
        if (workload.keys <= 1) // a look-up takes much less than a handshake
            workloads.append(workload);
    }
    for (const Workload &workload : qAsConst(workloads)) {
        for (const auto &handler : m_handlers)
            results->handshakes.append({handler->name(), workload, {}, {}});
    }
    for (int round = 0; round < m_options.rounds; ++round) {
        progress("handshakes", round, m_options.rounds);
        auto row = results->handshakes.begin();
        for (const Workload &workload : qAsConst(workloads)) {
            QHash<QString, double> rates;
            const auto connectPeers = [&](Handler &handler) {
                HandshakeLoad load = m_fixture.handshakeLoad(workload);
                load.parallel = m_options.parallel;
                load.seconds = m_options.handshakeSeconds;
                HandshakeResult result = {};
                const bool ok = handler.connectPeers(load, &result);
                rates[handler.name()] = static_cast<double>(result.handshakes) / result.seconds;
                return ok;
            };
            if (!forEachHandler(round, workload, connectPeers, errorMessage))
                return false;
            const double raw = rates.value(QStringLiteral("raw"));
            for (qsizetype i = 0; i < rates.size(); ++i, ++row) {
                row->rate.add(rates.value(row->handler));
                row->rateRatio.add(rates.value(row->handler) / raw);
            }
        }
    }
    return true;
}

bool Benchmark::measureBlocked(Results *results, QString *errorMessage)
{
    const auto handlers = qzapHandlers();
    const auto worker = std::find_if(handlers.begin(), handlers.end(), [](QZapHandler *handler) {
        return handler->variant() == QZapHandler::Variant::WorkerThread;
    });
    const auto workload = std::find_if(m_workloads.cbegin(), m_workloads.cend(),
                                       [](const Workload &w) { return w.keys <= 1; });
    if (worker == handlers.end() || workload == m_workloads.cend())
        return true;
    HandshakeLoad load = m_fixture.handshakeLoad(*workload);
    load.parallel = 1;
    load.seconds = BlockedTime * BlockedShare;
    BlockedRow row{(*worker)->name(), {}, {}, {}, {}, {}};
    for (int round = 0; round < m_options.rounds; ++round) {
        progress("blocked", round, m_options.rounds);
        HandshakeResult free = {};
        HandshakeResult blocked = {};
        bool ok = (*worker)->connectPeers(load, &free);
        (*worker)->block(BlockedTime);
        ok = ok && (*worker)->connectPeers(load, &blocked);
        if (!ok) {
            *errorMessage = QStringLiteral("%1 fails while its thread is blocked").arg(row.handler);
            return false;
        }
        row.freeP50.add(free.p50);
        row.freeP99.add(free.p99);
        row.blockedP50.add(blocked.p50);
        row.blockedP99.add(blocked.p99);
        row.added.add(blocked.p99 - free.p99);
    }
    results->blocked.append(row);
    return true;
}

bool Benchmark::measureTimers(Results *results, QString *errorMessage)
{
    const auto handlers = qzapHandlers();
    if (handlers.isEmpty() || m_workloads.isEmpty())
        return true;
    const qsizetype firstRow = results->timers.size(); // after those of other measurements
    for (const QZapHandler *handler : handlers) {
        results->timers.append({handler->name(), QStringLiteral("idle"), {}, {}, {}});
        results->timers.append({handler->name(), QLatin1StringView(FloodedLoop), {}, {}, {}});
    }
    AskingLoad load = m_fixture.askingLoad(m_workloads.last());
    load.dealers = 1;
    load.requests = m_options.flood;
    // Keeps the socket readable. Replies that a requester leaves unread are bounded; this is fewer.
    load.outstanding = 10'000;
    for (int round = 0; round < m_options.rounds; ++round) {
        progress("timer", round, m_options.rounds);
        auto row = results->timers.begin() + firstRow;
        for (QZapHandler *handler : handlers) {
            handler->startProbe();
            QThread::msleep(IdleTime);
            addLateness(row++, handler->stopProbe(), 0, std::numeric_limits<double>::max());
            handler->startProbe();
            AskingResult result = {};
            const bool ok = handler->ask(load, &result);
            addLateness(row++, handler->stopProbe(), result.begin, result.begin + result.seconds);
            if (!ok) {
                *errorMessage = QStringLiteral("%1 fails under a flood").arg(handler->name());
                return false;
            }
        }
    }
    return true;
}

bool Benchmark::forEachHandler(int round, const Workload &workload, const HandlerCall &call,
                               QString *errorMessage)
{
    const size_t count = m_handlers.size();
    for (size_t i = 0; i < count; ++i) {
        Handler &handler = *m_handlers[round % 2 == 0 ? i : count - 1 - i];
        if (handler.serves(workload) && !call(handler)) {
            *errorMessage = QStringLiteral("%1 fails with %2: an answer was missing, or was no 200")
                                .arg(handler.name(), workload.name());
            return false;
        }
    }
    return true;
}

qint64 Benchmark::requestsFor(const Handler &handler, const Pattern &pattern) const
{
    const qint64 share = pattern.isOneAtATime() ? OneAtATimeShare : handler.slowness();
    return qMax<qint64>(m_options.requests / share, 2 * pattern.dealers * pattern.outstanding);
}
