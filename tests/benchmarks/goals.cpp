// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "goals.h"

#include <algorithm>

namespace {

using Bound = Goal::Bound;

constexpr double Mebi = 1024.0 * 1024.0;
constexpr double Kilo = 1000.0;

struct CpuGoal
{
    QLatin1StringView handler;
    QLatin1StringView what;
    double ratio;
};

constexpr CpuGoal CpuGoals[] = {
    {QLatin1StringView("qzap"), QLatin1StringView("CPU a request, no listener"), 1.25},
    {QLatin1StringView("qzap-listeners"), QLatin1StringView("CPU a request, listeners"), 1.5},
};
constexpr double Growth = 1.15;
constexpr double OneAtATime = 1.1;
constexpr double Handshakes = 0.97;
constexpr double LatenessMs = 0.5;
constexpr double ResidentMiB = 12;
constexpr double LibraryKB = 400;
constexpr double BytesPerKey = 80;
constexpr double SecondsPerMillionKeys = 0.5;

void addAskingGoals(const Results &results, QList<Goal> *goals)
{
    for (const CpuGoal &goal : CpuGoals) {
        for (const AskingRow &row : results.asking) {
            if (row.handler != goal.handler)
                continue;
            const QString of =
                QStringLiteral(" (%1, %2)").arg(row.workload.name(), row.pattern.name());
            if (row.pattern.isOneAtATime()) {
                goals->append({goal.handler + QStringLiteral(", p50 one at a time") + of,
                               Bound::AtMost,
                               OneAtATime,
                               row.p50Ratio.median(),
                               {}});
                continue;
            }
            goals->append({goal.what + of, Bound::AtMost, goal.ratio, row.cpuRatio.median(), {}});
        }
    }
}

void addGrowthGoals(const Results &results, QList<Goal> *goals)
{
    for (const AskingRow &many : results.asking) {
        if (!many.handler.startsWith(QLatin1StringView("qzap")) || many.workload.keys <= 1
            || many.pattern.isOneAtATime())
            continue;
        const auto one =
            std::find_if(results.asking.begin(), results.asking.end(), [&](const AskingRow &row) {
                return row.handler == many.handler && row.workload.keys == 1
                       && row.pattern.name() == many.pattern.name();
            });
        if (one == results.asking.end())
            continue;
        goals->append({QStringLiteral("%1, growth from 1 to %2 keys (%3)")
                           .arg(many.handler)
                           .arg(many.workload.keys)
                           .arg(many.pattern.name()),
                       Bound::AtMost,
                       Growth,
                       many.cpu.median() / one->cpu.median(),
                       {}});
    }
}

void addHandshakeGoals(const Results &results, QList<Goal> *goals)
{
    for (const HandshakeRow &row : results.handshakes) {
        if (row.handler.startsWith(QLatin1StringView("qzap"))) {
            goals->append({QStringLiteral("%1, handshakes a second (%2)")
                               .arg(row.handler, QString::fromLatin1(row.workload.mechanism)),
                           Bound::AtLeast,
                           Handshakes,
                           row.rateRatio.median(),
                           {}});
        }
    }
}

void addTimerGoals(const Results &results, QList<Goal> *goals)
{
    for (const TimerRow &row : results.timers) {
        if (row.flooded) {
            goals->append({row.handler + QStringLiteral(", timer under a flood, p99 late"),
                           Bound::AtMost, LatenessMs, row.lateness.percentile(0.99) * 1e3,
                           QStringLiteral("ms")});
        }
    }
}

void addStoreGoals(const Results &results, qint64 keys, QList<Goal> *goals)
{
    const auto count = static_cast<double>(keys);
    for (const LoadingRow &row : results.loading) {
        goals->append({QStringLiteral("%1, load a list of %2 keys").arg(row.handler).arg(keys),
                       Bound::AtMost, SecondsPerMillionKeys * count / 1e6, row.seconds,
                       QStringLiteral("s")});
    }
    if (!results.memory)
        return;
    const Memory &memory = *results.memory;
    goals->append({QStringLiteral("memory of a key, of %1").arg(keys), Bound::AtMost, BytesPerKey,
                   (memory.keys - memory.authenticator) / count, QStringLiteral("bytes")});
    goals->append({QStringLiteral("memory of the authenticator, resident"), Bound::AtMost,
                   ResidentMiB, (memory.authenticator - memory.base) / Mebi,
                   QStringLiteral("MiB")});
    if (memory.library) {
        goals->append({QStringLiteral("libQZap.so, stripped"), Bound::AtMost, LibraryKB,
                       *memory.library / Kilo, QStringLiteral("kB")});
    }
}

} // namespace

QList<Goal> goalsFor(const Results &results, qint64 keys)
{
    QList<Goal> goals;
    addAskingGoals(results, &goals);
    addGrowthGoals(results, &goals);
    addHandshakeGoals(results, &goals);
    addTimerGoals(results, &goals);
    // A few keys say nothing of what each of many costs.
    if (keys >= 100000)
        addStoreGoals(results, keys, &goals);
    return goals;
}
