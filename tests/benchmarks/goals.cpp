// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "goals.h"

#include <algorithm>

namespace {

using Bound = Goal::Bound;

constexpr double Mebi = 1024.0 * 1024.0;
constexpr double Kilo = 1000.0;
constexpr double Milli = 1e3; // in a second
constexpr double Micro = 1e6;
constexpr double Nano = 1e9;
constexpr double Percent = 100.0;

struct CpuGoal
{
    QLatin1StringView handler;
    QLatin1StringView what;
    double ratio;
};

constexpr CpuGoal CpuGoals[] = {
    {QLatin1StringView("qzap"), QLatin1StringView("CPU a request, no listener"), 1.25},
    {QLatin1StringView("qzap-listeners"), QLatin1StringView("CPU a request, listeners"), 1.4},
    {QLatin1StringView("qzap-worker"), QLatin1StringView("CPU a request, private thread"), 1.5},
    {QLatin1StringView("qzap-guard"), QLatin1StringView("CPU a request, with a guard"), 2},
};
constexpr double Growth = 1.15;
constexpr double Audit = 1.1;
constexpr double OneAtATime = 1.1;
constexpr double Handshakes = 0.97;
constexpr double BlockedMs = 1;
constexpr double FloodedLatenessMs = 0.5;
constexpr double ExcessMs = 5;
constexpr double LoadRatio = 0.4;
constexpr double ChangeMs = 250;
constexpr double ChangeCpuMs = 100;
constexpr double RevocationMs = 250;
constexpr double DatabaseRevocationMs = 1000; // with the default poll interval
constexpr double DatabaseSecondsPerMillionKeys = 2.5;
constexpr double WatchingPercent = 1;
constexpr double IsAuthorizedNs = 150;
constexpr double JudgingMicroseconds = 4;
constexpr double SliceMs = 2;
constexpr double CutMs = 50;
constexpr double StormRatio = 1.03;
constexpr double StormLatenessMs = 5;
constexpr double HashedRatio = 2;
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

// The cost of an audit log and metrics: the CPU time of `qzap-audit` by that of `qzap`.
void addAuditGoals(const Results &results, QList<Goal> *goals)
{
    for (const AskingRow &audit : results.asking) {
        for (const AskingRow &plain : results.asking) {
            const bool isPair = audit.handler == QLatin1StringView("qzap-audit")
                                && plain.handler == QLatin1StringView("qzap")
                                && audit.workload.name() == plain.workload.name()
                                && audit.pattern.name() == plain.pattern.name()
                                && !audit.pattern.isOneAtATime();
            if (!isPair)
                continue;
            goals->append({QStringLiteral("CPU a request, audit log and metrics to none (%1, %2)")
                               .arg(audit.workload.name(), audit.pattern.name()),
                           Bound::AtMost,
                           Audit,
                           audit.cpuRatio.median() / plain.cpuRatio.median(),
                           {}});
        }
    }
}

void addGrowthGoals(const Results &results, QList<Goal> *goals)
{
    for (const GrowthRow &row : results.growth) {
        if (row.handler == QLatin1StringView("qzap") && row.keys > 1) {
            goals->append({QStringLiteral("CPU a request, growth from 1 to %1 keys").arg(row.keys),
                           Bound::AtMost,
                           Growth,
                           row.growth.median(),
                           {}});
        }
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

void addBlockedGoals(const Results &results, QList<Goal> *goals)
{
    for (const BlockedRow &row : results.blocked) {
        goals->append(
            {row.handler + QStringLiteral(", handshake, p99 later as its thread is blocked"),
             Bound::AtMost, BlockedMs, row.added.median() * Milli, QStringLiteral("ms")});
    }
}

void addTimerGoals(const Results &results, QList<Goal> *goals)
{
    for (const TimerRow &row : results.timers) {
        if (row.loop == QLatin1StringView(FloodedLoop)) {
            goals->append({row.handler + QStringLiteral(", timer under a flood, p99 late"),
                           Bound::AtMost, FloodedLatenessMs, row.lateness.percentile(0.99) * Milli,
                           QStringLiteral("ms")});
        } else if (!row.excess.isEmpty()) {
            goals->append({QStringLiteral("timer, later than on an idle loop: ") + row.loop,
                           Bound::AtMost, ExcessMs, row.excess.median() * Milli,
                           QStringLiteral("ms")});
            if (!row.turn.isEmpty()) {
                goals->append({QStringLiteral("longest turn of the event loop: ") + row.loop,
                               Bound::AtMost, ExcessMs, row.turn.median() * Milli,
                               QStringLiteral("ms")});
            }
        }
    }
}

bool isFromDatabase(const QString &loader)
{
    return loader == QLatin1StringView("qzap-sqlite")
           || loader == QLatin1StringView("qzap-postgresql");
}

// With few keys, start-up dominates.
void addLoadGoals(const Results &results, qint64 keys, QList<Goal> *goals)
{
    for (const LoadRow &row : results.loads) {
        if (isFromDatabase(row.loader)) {
            goals->append({QStringLiteral("%1 %2").arg(row.loader, row.what), Bound::AtMost,
                           DatabaseSecondsPerMillionKeys * static_cast<double>(keys) / 1e6,
                           row.seconds.median(), QStringLiteral("s")});
        }
        if (row.loader != QLatin1StringView("qzap"))
            continue;
        if (row.ratio.isEmpty()) {
            goals->append({QStringLiteral("load, ") + row.what, Bound::AtMost,
                           SecondsPerMillionKeys * static_cast<double>(keys) / 1e6,
                           row.seconds.median(), QStringLiteral("s")});
            continue;
        }
        goals->append({QStringLiteral("load, %1, ratio to pyzmq").arg(row.what),
                       Bound::AtMost,
                       LoadRatio,
                       row.ratio.median(),
                       {}});
        goals->append({QStringLiteral("CPU of it, ratio to pyzmq"),
                       Bound::AtMost,
                       LoadRatio,
                       row.cpuRatio.median(),
                       {}});
    }
}

void addChangeGoals(const Results &results, QList<Goal> *goals)
{
    for (const ChangeRow &row : results.changes) {
        goals->append({row.what + QStringLiteral(", in force"), Bound::AtMost, ChangeMs,
                       row.seconds.median() * Milli, QStringLiteral("ms")});
        goals->append({row.what + QStringLiteral(", CPU"), Bound::AtMost, ChangeCpuMs,
                       row.cpu.median() * Milli, QStringLiteral("ms")});
    }
}

void addRevocationGoals(const Results &results, QList<Goal> *goals)
{
    for (const RevocationRow &row : results.revocations) {
        const double limit = isFromDatabase(row.handler) ? DatabaseRevocationMs : RevocationMs;
        goals->append({QStringLiteral("%1, %2, latest").arg(row.handler, row.what), Bound::AtMost,
                       limit, row.seconds.maximum() * Milli, QStringLiteral("ms")});
    }
}

void addWatchingGoals(const Results &results, QList<Goal> *goals)
{
    for (const WatchingRow &row : results.watching) {
        goals->append({row.what + QStringLiteral(", CPU"), Bound::AtMost, WatchingPercent,
                       row.share() * Percent, QStringLiteral("% of a core")});
    }
}

void addHashingGoals(const Results &results, QList<Goal> *goals)
{
    if (!results.hashing)
        return;
    goals->append({QStringLiteral("CPU a request, hashed and seen before, ratio to plain text"),
                   Bound::AtMost,
                   HashedRatio,
                   results.hashing->cpuRatio.median(),
                   {}});
    goals->append({QStringLiteral("requests a second, hashed and seen before, ratio to plain text"),
                   Bound::AtLeast,
                   1 / HashedRatio,
                   results.hashing->rateRatio.median(),
                   {}});
}

void addGuardGoals(const Results &results, QList<Goal> *goals)
{
    if (!results.guarding)
        return;
    const Guarding &guarding = *results.guarding;
    const auto add = [goals](const QString &what, double limit, double measured, const char *unit) {
        goals->append({what, Bound::AtMost, limit, measured, QString::fromLatin1(unit)});
    };
    add(QStringLiteral("isAuthorized(), unchanged policy"), IsAuthorizedNs,
        guarding.isAuthorized.median() * Nano, "ns");
    add(QStringLiteral("a session judged again"), JudgingMicroseconds,
        guarding.judging.median() * Micro, "us");
    // A timer on an idle event loop is up to 1 ms late.
    double idleTurn = 0;
    for (const TimerRow &row : results.timers) {
        if (row.loop == QLatin1StringView(IdleGuardLoop))
            idleTurn = row.turn.median();
        else if (row.loop == QLatin1StringView(GuardComparesLoop))
            add(QStringLiteral("%1 keys compared again, longest slice").arg(guarding.keys), SliceMs,
                (row.turn.median() - idleTurn) * Milli, "ms");
    }
    for (const CutRow &row : guarding.cuts) {
        const QString what =
            QStringLiteral("%1, %2 connections, ").arg(row.socket).arg(guarding.connections);
        add(what + QStringLiteral("revoked to disconnected, p99"), CutMs,
            row.seconds.percentile(0.99) * Milli, "ms");
        add(what + QStringLiteral("others disconnected"), 0, static_cast<double>(row.others), "");
    }
    const QString devices = QStringLiteral("%1 devices reconnect, ").arg(guarding.devices);
    add(devices + QStringLiteral("until the last one, ratio to raw"), StormRatio,
        guarding.stormRatio.median(), "");
    add(devices + QStringLiteral("event loop, p99 late"), StormLatenessMs,
        guarding.lateness.median() * Milli, "ms");
}

void addIdleGoals(const Results &results, QList<Goal> *goals)
{
    if (results.idle) {
        goals->append({QStringLiteral("wake-ups in %1 s of idling").arg(results.idle->seconds),
                       Bound::AtMost,
                       0,
                       static_cast<double>(results.idle->wakeUps),
                       {}});
    }
}

void addMemoryGoals(const Results &results, qint64 keys, QList<Goal> *goals)
{
    if (!results.memory)
        return;
    const Memory &memory = *results.memory;
    goals->append({QStringLiteral("memory of a key, of %1").arg(keys), Bound::AtMost, BytesPerKey,
                   (memory.keys - memory.authenticator) / static_cast<double>(keys),
                   QStringLiteral("bytes")});
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
    addAuditGoals(results, &goals);
    addGrowthGoals(results, &goals);
    addHandshakeGoals(results, &goals);
    addBlockedGoals(results, &goals);
    addTimerGoals(results, &goals);
    addChangeGoals(results, &goals);
    addRevocationGoals(results, &goals);
    addWatchingGoals(results, &goals);
    addHashingGoals(results, &goals);
    addGuardGoals(results, &goals);
    addIdleGoals(results, &goals);
    // The cost per key cannot be measured with few keys.
    if (keys >= 100000) {
        addLoadGoals(results, keys, &goals);
        addMemoryGoals(results, keys, &goals);
    }
    return goals;
}
