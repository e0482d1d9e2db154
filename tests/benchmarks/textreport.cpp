// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "textreport.h"

#include "libzmqversion.h"

#include <QtCore/qsysinfo.h>
#include <QtCore/qthread.h>

#include <algorithm>

namespace {

constexpr double Nano = 1e9;
constexpr double Micro = 1e6;
constexpr double Milli = 1e3;
constexpr double Percent = 100;
constexpr double Mebi = 1024.0 * 1024.0;

// Returns a table with columns as wide as their contents; the first line is the heading.
QString table(const QString &title, const QList<QStringList> &lines)
{
    QList<qsizetype> widths(lines.first().size());
    for (const QStringList &line : lines) {
        for (qsizetype i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    }
    QString result = u'\n' + title + u'\n';
    for (const QStringList &line : lines) {
        QString text;
        for (qsizetype i = 0; i < line.size(); ++i) {
            const bool isNumber = !line[i].isEmpty() && line[i].front().isDigit();
            text += isNumber ? line[i].rightJustified(widths[i]) : line[i].leftJustified(widths[i]);
            text += QLatin1StringView("  ");
        }
        while (text.endsWith(u' '))
            text.chop(1);
        result += text + u'\n';
    }
    return result;
}

QString fixed(double value, int decimals)
{
    return QString::number(value, 'f', decimals);
}

// Returns the median, and the lowest and highest value of the rounds.
QString spread(const Samples &samples, double factor, int decimals)
{
    return QStringLiteral("%1 (%2-%3)")
        .arg(fixed(samples.median() * factor, decimals),
             fixed(samples.minimum() * factor, decimals),
             fixed(samples.maximum() * factor, decimals));
}

QString askingTable(const QList<AskingRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("handler"), QStringLiteral("mechanism"),
                              QStringLiteral("pattern"), QStringLiteral("CPU/request us"),
                              QStringLiteral("ratio to raw"), QStringLiteral("requests/s"),
                              QStringLiteral("p50 us"), QStringLiteral("ratio to raw"),
                              QStringLiteral("p99 us")}};
    for (const AskingRow &row : rows) {
        QStringList line{row.handler,
                         row.workload.name(),
                         row.pattern.name(),
                         fixed(row.cpu.median() * Micro, 2),
                         spread(row.cpuRatio, 1, 2),
                         fixed(row.rate.median(), 0)};
        if (!row.p50.isEmpty())
            line += {fixed(row.p50.median() * Micro, 1), spread(row.p50Ratio, 1, 2),
                     fixed(row.p99.median() * Micro, 1)};
        lines += line;
    }
    return table(QStringLiteral("Asking: medians of the rounds (lowest-highest)"), lines);
}

QString handshakeTable(const QList<HandshakeRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("handler"), QStringLiteral("mechanism"),
                              QStringLiteral("handshakes/s"), QStringLiteral("ratio to raw")}};
    for (const HandshakeRow &row : rows) {
        lines += {row.handler, row.workload.name(), fixed(row.rate.median(), 0),
                  spread(row.rateRatio, 1, 3)};
    }
    return table(QStringLiteral("Full handshakes over TCP, both ends in one process"), lines);
}

QString blockedTable(const QList<BlockedRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("handler"), QStringLiteral("free, p50 ms"),
                              QStringLiteral("p99 ms"), QStringLiteral("blocked, p50 ms"),
                              QStringLiteral("p99 ms"), QStringLiteral("p99 later by ms")}};
    for (const BlockedRow &row : rows) {
        lines += {row.handler,
                  fixed(row.freeP50.median() * Milli, 3),
                  fixed(row.freeP99.median() * Milli, 3),
                  fixed(row.blockedP50.median() * Milli, 3),
                  fixed(row.blockedP99.median() * Milli, 3),
                  spread(row.added, Milli, 3)};
    }
    return table(QStringLiteral("Handshakes one after another while the authenticator's thread is "
                                "blocked"),
                 lines);
}

QString timerTable(const QList<TimerRow> &rows)
{
    QList<QStringList> lines{
        {QStringLiteral("handler"), QStringLiteral("event loop"), QStringLiteral("timeouts"),
         QStringLiteral("p50 ms"), QStringLiteral("p99 ms"), QStringLiteral("max ms"),
         QStringLiteral("max over idle ms"), QStringLiteral("longest turn ms")}};
    for (const TimerRow &row : rows) {
        lines += {row.handler,
                  row.loop,
                  QString::number(row.lateness.count()),
                  fixed(row.lateness.median() * Milli, 3),
                  fixed(row.lateness.percentile(0.99) * Milli, 3),
                  fixed(row.lateness.maximum() * Milli, 3),
                  row.excess.isEmpty() ? QString() : spread(row.excess, Milli, 3),
                  row.turn.isEmpty() ? QString() : spread(row.turn, Milli, 3)};
    }
    return table(QStringLiteral("Lateness of a timer of 5 ms in the authenticator's thread"),
                 lines);
}

QString memoryTable(const Memory &memory, qint64 keys)
{
    QList<QStringList> lines{
        {QStringLiteral("process"), QStringLiteral("resident MiB")},
        {QStringLiteral("QCoreApplication and a ZeroMQ context"), fixed(memory.base / Mebi, 2)},
        {QStringLiteral("with an authenticator"), fixed(memory.authenticator / Mebi, 2)},
        {QStringLiteral("with %1 keys").arg(keys), fixed(memory.keys / Mebi, 2)}};
    return table(QStringLiteral("Memory"), lines);
}

QString growthTable(const QList<GrowthRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("handler"), QStringLiteral("keys"),
                              QStringLiteral("CPU/request us"), QStringLiteral("ratio to raw"),
                              QStringLiteral("ratio to 1 key")}};
    for (const GrowthRow &row : rows) {
        lines += {row.handler, QString::number(row.keys), spread(row.cpu, Micro, 2),
                  spread(row.cpuRatio, 1, 2), spread(row.growth, 1, 3)};
    }
    return table(QStringLiteral("A CURVE request by the number of keys, asked for at random"),
                 lines);
}

QString loadTable(const QList<LoadRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("loader"), QStringLiteral("what"),
                              QStringLiteral("seconds"), QStringLiteral("ratio to pyzmq"),
                              QStringLiteral("CPU seconds"), QStringLiteral("ratio to pyzmq")}};
    for (const LoadRow &row : rows) {
        const bool isCompared = !row.ratio.isEmpty();
        lines += {row.loader,
                  row.what,
                  spread(row.seconds, 1, 3),
                  isCompared ? spread(row.ratio, 1, 2) : QString(),
                  spread(row.cpu, 1, 3),
                  isCompared ? spread(row.cpuRatio, 1, 2) : QString()};
    }
    return table(QStringLiteral("Loading keys"), lines);
}

QString changeTable(const QList<ChangeRow> &rows)
{
    QList<QStringList> lines{
        {QStringLiteral("change"), QStringLiteral("in force after ms"), QStringLiteral("CPU ms")}};
    for (const ChangeRow &row : rows)
        lines += {row.what, spread(row.seconds, Milli, 0), spread(row.cpu, Milli, 1)};
    return table(QStringLiteral("Changes of a folder of certificates"), lines);
}

QString revocationTable(const QList<RevocationRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("handler"), QStringLiteral("change"),
                              QStringLiteral("rounds"), QStringLiteral("in force after, p50 ms"),
                              QStringLiteral("max ms")}};
    for (const RevocationRow &row : rows) {
        lines += {row.handler, row.what, QString::number(row.seconds.count()),
                  fixed(row.seconds.median() * Milli, 1), fixed(row.seconds.maximum() * Milli, 1)};
    }
    return table(QStringLiteral("Revocations"), lines);
}

QString usersTable(const Users &users)
{
    const QList<QStringList> lines{
        {QStringLiteral("password file, %1 users").arg(users.users), QStringLiteral("seconds"),
         QStringLiteral("CPU seconds")},
        {QStringLiteral("load"), spread(users.load.seconds, 1, 3), spread(users.load.cpu, 1, 3)},
        {QStringLiteral("load again, one user changed"), spread(users.reload.seconds, 1, 3),
         spread(users.reload.cpu, 1, 3)}};
    return table(QStringLiteral("Users of a password file"), lines);
}

QString watchingTable(const QList<WatchingRow> &rows)
{
    QList<QStringList> lines{{QStringLiteral("while nothing happens"), QStringLiteral("seconds"),
                              QStringLiteral("CPU seconds"), QStringLiteral("% of a core")}};
    for (const WatchingRow &row : rows) {
        lines += {row.what, fixed(row.seconds.median(), 0), spread(row.cpu, 1, 3),
                  fixed(row.share() * Percent, 3)};
    }
    return table(QStringLiteral("Watching a folder of certificates"), lines);
}

QString hashingTable(const Hashing &hashing)
{
    const QList<QStringList> lines{
        {QStringLiteral("PLAIN, %1 users").arg(hashing.users), QStringLiteral("CPU/request us"),
         QStringLiteral("requests/s")},
        {QStringLiteral("passwords in plain text"), spread(hashing.plainCpu, Micro, 2),
         spread(hashing.plainRate, 1, 0)},
        {QStringLiteral("hashed, seen before"), spread(hashing.hashedCpu, Micro, 2),
         spread(hashing.hashedRate, 1, 0)},
        {QStringLiteral("ratio"), spread(hashing.cpuRatio, 1, 2), spread(hashing.rateRatio, 1, 2)},
        {QStringLiteral("hashed, %1 users for the first time").arg(hashing.coldUsers), QString(),
         fixed(hashing.coldRate, 1)}};
    return table(QStringLiteral("Hashed passwords"), lines);
}

QString guardTable(const Guarding &guarding)
{
    QList<QStringList> lines{
        {QStringLiteral("a guard, %1 connections, %2 keys")
             .arg(guarding.connections)
             .arg(guarding.keys),
         QStringLiteral("median (lowest-highest)"), QStringLiteral("p99"), QStringLiteral("unit")},
        {QStringLiteral("isAuthorized(), unchanged policy"), spread(guarding.isAuthorized, Nano, 0),
         QString(), QStringLiteral("ns")},
        {QStringLiteral("isAuthorized(), of all peers in turn"),
         spread(guarding.isAuthorizedInTurn, Nano, 0), QString(), QStringLiteral("ns")},
        {QStringLiteral("a session judged again"), spread(guarding.judging, Micro, 2), QString(),
         QStringLiteral("us")}};
    for (const CutRow &row : guarding.cuts) {
        lines += {row.socket + QStringLiteral(", revoked to disconnected"),
                  spread(row.seconds, Milli, 2), fixed(row.seconds.percentile(0.99) * Milli, 2),
                  QStringLiteral("ms")};
    }
    lines += {QStringLiteral("%1 devices reconnect, raw").arg(guarding.devices),
              spread(guarding.rawStorm, 1, 2), QString(), QStringLiteral("s")};
    lines += {QStringLiteral("%1 devices reconnect, guard").arg(guarding.devices),
              spread(guarding.storm, 1, 2), QString(), QStringLiteral("s")};
    lines += {QStringLiteral("event loop meanwhile, p99 late, raw"),
              spread(guarding.rawLateness, Milli, 2), QString(), QStringLiteral("ms")};
    lines += {QStringLiteral("event loop meanwhile, p99 late, guard"),
              spread(guarding.lateness, Milli, 2), QString(), QStringLiteral("ms")};
    return table(QStringLiteral("Live connections"), lines);
}

QString goalTable(const QList<Goal> &goals)
{
    QList<QStringList> lines{{QStringLiteral("goal"), QStringLiteral("limit"),
                              QStringLiteral("measured"), QStringLiteral("unit"),
                              QStringLiteral("met")}};
    for (const Goal &goal : goals) {
        const auto bound =
            goal.bound == Goal::Bound::AtMost ? QLatin1StringView("<= ") : QLatin1StringView(">= ");
        lines += {goal.what, bound + QString::number(goal.limit), fixed(goal.measured, 3),
                  goal.unit, goal.holds() ? QStringLiteral("yes") : QStringLiteral("NO")};
    }
    return table(QStringLiteral("Goals"), lines);
}

QString goalCounts(const QList<Goal> &goals)
{
    const auto met =
        std::count_if(goals.begin(), goals.end(), [](const Goal &goal) { return goal.holds(); });
    return QStringLiteral("\n%1 of %2 goals are met.\n").arg(met).arg(goals.size());
}

} // namespace

QString textReport(const Options &options, const Results &results, const QList<Goal> &goals)
{
    QString text = QStringLiteral("libzmq %1, Qt %2, %3 cores, %4, %5 rounds, threads %6\n")
                       .arg(libzmqVersion(), QLatin1StringView(qVersion()))
                       .arg(QThread::idealThreadCount())
                       .arg(QSysInfo::prettyProductName())
                       .arg(options.rounds)
                       .arg(options.bound ? QLatin1StringView("bound to cores")
                                          : QLatin1StringView("not bound"));
    if (!results.asking.isEmpty())
        text += askingTable(results.asking);
    if (!results.handshakes.isEmpty())
        text += handshakeTable(results.handshakes);
    if (!results.blocked.isEmpty())
        text += blockedTable(results.blocked);
    if (!results.timers.isEmpty())
        text += timerTable(results.timers);
    if (!results.growth.isEmpty())
        text += growthTable(results.growth);
    if (!results.loads.isEmpty())
        text += loadTable(results.loads);
    if (!results.changes.isEmpty())
        text += changeTable(results.changes);
    if (results.users)
        text += usersTable(*results.users);
    if (!results.revocations.isEmpty())
        text += revocationTable(results.revocations);
    if (!results.watching.isEmpty())
        text += watchingTable(results.watching);
    if (results.hashing)
        text += hashingTable(*results.hashing);
    if (results.guarding)
        text += guardTable(*results.guarding);
    if (results.idle) {
        text += QStringLiteral("\nIdle: %1 wake-ups of all threads in %2 s\n")
                    .arg(results.idle->wakeUps)
                    .arg(results.idle->seconds);
    }
    if (results.memory)
        text += memoryTable(*results.memory, options.keys);
    if (!goals.isEmpty())
        text += goalTable(goals) + goalCounts(goals);
    return text;
}
