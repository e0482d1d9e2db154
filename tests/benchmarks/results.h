// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RESULTS_H
#define RESULTS_H

#include "fixture.h"
#include "options.h"
#include "samples.h"
#include "stopwatch.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

// Times are in seconds. Ratios are to the raw handler's figure of the same round unless noted.
struct AskingRow
{
    QString handler;
    Workload workload;
    Pattern pattern;
    Samples cpu; // of a request
    Samples cpuRatio;
    Samples rate;
    Samples rateRatio;
    Samples p50; // if one request is outstanding
    Samples p50Ratio;
    Samples p99;
};

// The cost of a request by number of keys.
struct GrowthRow
{
    QString handler;
    qint64 keys = 0;
    Samples cpu;
    Samples cpuRatio;
    Samples growth; // the ratio to one key, in the same round
};

struct HandshakeRow
{
    QString handler;
    Workload workload;
    Samples rate;
    Samples rateRatio;
};

// The times of consecutive handshakes while the authenticator's thread is idle, and while its event
// loop is blocked.
struct BlockedRow
{
    QString handler;
    Samples freeP50;
    Samples freeP99;
    Samples blockedP50;
    Samples blockedP99;
    Samples added; // increase of the 99th percentile in the same round
};

inline constexpr char FloodedLoop[] = "flooded";
inline constexpr char IdleGuardLoop[] = "idle, with a guard";
inline constexpr char GuardComparesLoop[] = "a guard compares all keys";

struct TimerRow
{
    QString handler;
    QString loop; // the load on the event loop meanwhile
    Samples lateness;
    Samples excess; // of a round's maximum over that of an idle loop in the same round
    Samples turn;   // a round's maximum without waiting for a processor
};

struct LoadRow
{
    QString loader;
    QString what;
    Samples seconds;
    Samples cpu;
    Samples ratio; // to pyzmq's time, if measured
    Samples cpuRatio;

    void add(const Elapsed &elapsed)
    {
        seconds.add(elapsed.seconds);
        cpu.add(elapsed.cpuSeconds);
    }
    // Adds the ratios to the row of pyzmq, after a round.
    void compareLast(const LoadRow &pyzmq)
    {
        if (seconds.isEmpty())
            return;
        ratio.add(seconds.last() / pyzmq.seconds.last());
        cpuRatio.add(cpu.last() / pyzmq.cpu.last());
    }
};

// The time from a change of a file until it takes effect.
struct ChangeRow
{
    QString what;
    Samples seconds;
    Samples cpu; // of the process, until it is idle
};

// The time from a change of a file or a store until a revocation is in force.
struct RevocationRow
{
    QString handler;
    QString what;
    Samples seconds;
};

// The CPU time of watching files that do not change.
struct WatchingRow
{
    QString fileSystem; // whether it reports changes
    QString what;
    Samples seconds;
    Samples cpu; // of the process
    double share() const { return cpu.median() / seconds.median(); }
};

// The results of a password file with many users.
struct Users
{
    struct Times
    {
        Samples seconds;
        Samples cpu;
        void add(const Elapsed &elapsed)
        {
            seconds.add(elapsed.seconds);
            cpu.add(elapsed.cpuSeconds);
        }
    };

    qint64 users = 0;
    Times load;
    Times reload; // with one user changed
};

struct Hashing
{
    qint64 users = 0;
    Samples plainCpu; // of a request
    Samples hashedCpu;
    Samples cpuRatio; // of remembered hashed passwords to plain-text ones
    Samples plainRate;
    Samples hashedRate;
    Samples rateRatio;
    qint64 coldUsers = 0;
    double coldRate = 0; // hashes a second
};

// The time from a revocation until the connection has ended.
struct CutRow
{
    QString socket;
    Samples seconds;
    qint64 others = 0; // connections that have ended as well
};

struct Guarding
{
    qint64 connections = 0;
    qint64 keys = 0;
    Samples isAuthorized; // of one peer
    Samples isAuthorizedInTurn;
    Samples judging; // a session, after a change
    QList<CutRow> cuts;
    qint64 devices = 0;
    Samples storm; // until the last device has connected
    Samples rawStorm;
    Samples stormRatio;
    Samples lateness; // the 99th percentile of the event loop meanwhile
    Samples rawLateness;
};

struct Idle
{
    double seconds = 0;
    qint64 wakeUps = 0;
};

// The memory usage, in bytes.
struct Memory
{
    double base = 0; // QCoreApplication and a ZeroMQ context with a socket
    double authenticator = 0;
    double keys = 0;               // with the large key list
    std::optional<double> library; // stripped
};

struct Results
{
    QList<AskingRow> asking;
    QList<GrowthRow> growth;
    QList<HandshakeRow> handshakes;
    QList<BlockedRow> blocked;
    QList<TimerRow> timers;
    QList<LoadRow> loads;
    QList<ChangeRow> changes;
    QList<RevocationRow> revocations;
    QList<WatchingRow> watching;
    std::optional<Users> users;
    std::optional<Hashing> hashing;
    std::optional<Guarding> guarding;
    std::optional<Idle> idle;
    std::optional<Memory> memory;
};

#endif // RESULTS_H
