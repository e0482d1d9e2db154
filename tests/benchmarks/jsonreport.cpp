// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "jsonreport.h"

#include "libzmqversion.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qsysinfo.h>
#include <QtCore/qthread.h>

namespace {

QJsonObject askingJson(const AskingRow &row)
{
    QJsonObject object{
        {QStringLiteral("handler"), row.handler},
        {QStringLiteral("mechanism"), QString::fromLatin1(row.workload.mechanism)},
        {QStringLiteral("keys"), row.workload.keys},
        {QStringLiteral("dealers"), row.pattern.dealers},
        {QStringLiteral("outstanding"), row.pattern.outstanding},
        {QStringLiteral("cpuSeconds"), row.cpu.toJson()},
        {QStringLiteral("cpuRatio"), row.cpuRatio.toJson()},
        {QStringLiteral("requestsPerSecond"), row.rate.toJson()},
        {QStringLiteral("requestsPerSecondRatio"), row.rateRatio.toJson()},
    };
    if (!row.p50.isEmpty()) {
        object.insert(QStringLiteral("p50Seconds"), row.p50.toJson());
        object.insert(QStringLiteral("p50Ratio"), row.p50Ratio.toJson());
        object.insert(QStringLiteral("p99Seconds"), row.p99.toJson());
    }
    return object;
}

QJsonObject revocationJson(const RevocationRow &row)
{
    return {{QStringLiteral("handler"), row.handler},
            {QStringLiteral("what"), row.what},
            {QStringLiteral("seconds"), row.seconds.toJson()}};
}

QJsonObject watchingJson(const WatchingRow &row)
{
    return {{QStringLiteral("what"), row.what},
            {QStringLiteral("fileSystem"), row.fileSystem},
            {QStringLiteral("seconds"), row.seconds.toJson()},
            {QStringLiteral("cpuSeconds"), row.cpu.toJson()},
            {QStringLiteral("share"), row.share()}};
}

QJsonObject usersJson(const Users &users)
{
    return {{QStringLiteral("users"), users.users},
            {QStringLiteral("loadSeconds"), users.load.seconds.toJson()},
            {QStringLiteral("loadCpuSeconds"), users.load.cpu.toJson()},
            {QStringLiteral("reloadSeconds"), users.reload.seconds.toJson()},
            {QStringLiteral("reloadCpuSeconds"), users.reload.cpu.toJson()}};
}

QJsonObject hashingJson(const Hashing &hashing)
{
    return {{QStringLiteral("users"), hashing.users},
            {QStringLiteral("plainCpuSeconds"), hashing.plainCpu.toJson()},
            {QStringLiteral("hashedCpuSeconds"), hashing.hashedCpu.toJson()},
            {QStringLiteral("cpuRatio"), hashing.cpuRatio.toJson()},
            {QStringLiteral("plainRequestsPerSecond"), hashing.plainRate.toJson()},
            {QStringLiteral("hashedRequestsPerSecond"), hashing.hashedRate.toJson()},
            {QStringLiteral("requestsPerSecondRatio"), hashing.rateRatio.toJson()},
            {QStringLiteral("coldUsers"), hashing.coldUsers},
            {QStringLiteral("coldHashesPerSecond"), hashing.coldRate}};
}

QJsonObject cutJson(const CutRow &row)
{
    return {{QStringLiteral("socket"), row.socket},
            {QStringLiteral("seconds"), row.seconds.toJson()},
            {QStringLiteral("others"), row.others}};
}

template <typename Rows, typename Convert>
QJsonArray arrayOf(const Rows &rows, Convert convert)
{
    QJsonArray result;
    for (const auto &row : rows)
        result.append(convert(row));
    return result;
}

QJsonObject guardJson(const Guarding &guarding)
{
    return {{QStringLiteral("connections"), guarding.connections},
            {QStringLiteral("keys"), guarding.keys},
            {QStringLiteral("isAuthorizedSeconds"), guarding.isAuthorized.toJson()},
            {QStringLiteral("isAuthorizedInTurnSeconds"), guarding.isAuthorizedInTurn.toJson()},
            {QStringLiteral("judgingSeconds"), guarding.judging.toJson()},
            {QStringLiteral("cuts"), arrayOf(guarding.cuts, cutJson)},
            {QStringLiteral("devices"), guarding.devices},
            {QStringLiteral("stormSeconds"), guarding.storm.toJson()},
            {QStringLiteral("rawStormSeconds"), guarding.rawStorm.toJson()},
            {QStringLiteral("stormRatio"), guarding.stormRatio.toJson()},
            {QStringLiteral("latenessP99Seconds"), guarding.lateness.toJson()},
            {QStringLiteral("rawLatenessP99Seconds"), guarding.rawLateness.toJson()}};
}

QJsonObject handshakeJson(const HandshakeRow &row)
{
    return {{QStringLiteral("handler"), row.handler},
            {QStringLiteral("mechanism"), QString::fromLatin1(row.workload.mechanism)},
            {QStringLiteral("handshakesPerSecond"), row.rate.toJson()},
            {QStringLiteral("handshakesPerSecondRatio"), row.rateRatio.toJson()}};
}

QJsonObject blockedJson(const BlockedRow &row)
{
    return {{QStringLiteral("handler"), row.handler},
            {QStringLiteral("freeP50Seconds"), row.freeP50.toJson()},
            {QStringLiteral("freeP99Seconds"), row.freeP99.toJson()},
            {QStringLiteral("blockedP50Seconds"), row.blockedP50.toJson()},
            {QStringLiteral("blockedP99Seconds"), row.blockedP99.toJson()},
            {QStringLiteral("addedP99Seconds"), row.added.toJson()}};
}

QJsonObject timerJson(const TimerRow &row)
{
    return {{QStringLiteral("handler"), row.handler},
            {QStringLiteral("loop"), row.loop},
            {QStringLiteral("latenessSeconds"), row.lateness.toJson()},
            {QStringLiteral("excessSeconds"), row.excess.toJson()},
            {QStringLiteral("turnSeconds"), row.turn.toJson()}};
}

QJsonObject growthJson(const GrowthRow &row)
{
    return {{QStringLiteral("handler"), row.handler},
            {QStringLiteral("keys"), row.keys},
            {QStringLiteral("cpuSeconds"), row.cpu.toJson()},
            {QStringLiteral("cpuRatio"), row.cpuRatio.toJson()},
            {QStringLiteral("growth"), row.growth.toJson()}};
}

QJsonObject loadJson(const LoadRow &row)
{
    return {{QStringLiteral("loader"), row.loader},
            {QStringLiteral("what"), row.what},
            {QStringLiteral("seconds"), row.seconds.toJson()},
            {QStringLiteral("cpuSeconds"), row.cpu.toJson()},
            {QStringLiteral("ratio"), row.ratio.toJson()},
            {QStringLiteral("cpuRatio"), row.cpuRatio.toJson()}};
}

QJsonObject changeJson(const ChangeRow &row)
{
    return {{QStringLiteral("what"), row.what},
            {QStringLiteral("seconds"), row.seconds.toJson()},
            {QStringLiteral("cpuSeconds"), row.cpu.toJson()}};
}

QJsonObject goalJson(const Goal &g)
{
    return {{QStringLiteral("what"), g.what},
            {QStringLiteral("bound"), g.bound == Goal::Bound::AtMost ? QStringLiteral("at most")
                                                                     : QStringLiteral("at least")},
            {QStringLiteral("limit"), g.limit},
            {QStringLiteral("measured"), g.measured},
            {QStringLiteral("unit"), g.unit},
            {QStringLiteral("holds"), g.holds()}};
}

QJsonObject memoryJson(const Memory &memory, qint64 keys)
{
    QJsonObject object{{QStringLiteral("keys"), keys},
                       {QStringLiteral("baseBytes"), memory.base},
                       {QStringLiteral("authenticatorBytes"), memory.authenticator},
                       {QStringLiteral("keysBytes"), memory.keys}};
    if (memory.library)
        object.insert(QStringLiteral("strippedLibraryBytes"), *memory.library);
    return object;
}

} // namespace

QJsonObject jsonReport(const Options &options, const Results &results, const QList<Goal> &goals)
{
    QJsonObject root{
        {QStringLiteral("libzmq"), libzmqVersion()},
        {QStringLiteral("qt"), QLatin1StringView(qVersion())},
        {QStringLiteral("cores"), QThread::idealThreadCount()},
        {QStringLiteral("system"), QSysInfo::prettyProductName()},
        {QStringLiteral("cpu"), QSysInfo::currentCpuArchitecture()},
        {QStringLiteral("rounds"), options.rounds},
        {QStringLiteral("bound"), options.bound},
        {QStringLiteral("asking"), arrayOf(results.asking, askingJson)},
    };
    root.insert(QStringLiteral("handshakes"), arrayOf(results.handshakes, handshakeJson));
    root.insert(QStringLiteral("blocked"), arrayOf(results.blocked, blockedJson));
    root.insert(QStringLiteral("timers"), arrayOf(results.timers, timerJson));
    root.insert(QStringLiteral("growth"), arrayOf(results.growth, growthJson));
    root.insert(QStringLiteral("loads"), arrayOf(results.loads, loadJson));
    root.insert(QStringLiteral("changes"), arrayOf(results.changes, changeJson));
    root.insert(QStringLiteral("revocations"), arrayOf(results.revocations, revocationJson));
    root.insert(QStringLiteral("watching"), arrayOf(results.watching, watchingJson));
    if (results.users)
        root.insert(QStringLiteral("users"), usersJson(*results.users));
    if (results.hashing)
        root.insert(QStringLiteral("hashing"), hashingJson(*results.hashing));
    if (results.guarding)
        root.insert(QStringLiteral("guard"), guardJson(*results.guarding));
    if (results.idle) {
        root.insert(QStringLiteral("idle"),
                    QJsonObject{{QStringLiteral("seconds"), results.idle->seconds},
                                {QStringLiteral("wakeUps"), results.idle->wakeUps}});
    }
    if (results.memory)
        root.insert(QStringLiteral("memory"), memoryJson(*results.memory, options.keys));
    root.insert(QStringLiteral("goals"), arrayOf(goals, goalJson));
    return root;
}
