// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RESULTS_H
#define RESULTS_H

#include "fixture.h"
#include "options.h"
#include "samples.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <optional>

// Times in seconds. A ratio is to the raw handler's figure of the same round.
struct AskingRow
{
    QString handler;
    Workload workload;
    Pattern pattern;
    Samples cpu; // of a request
    Samples cpuRatio;
    Samples rate;
    Samples rateRatio;
    Samples p50; // where one request is outstanding
    Samples p50Ratio;
    Samples p99;
};

struct HandshakeRow
{
    QString handler;
    Workload workload;
    Samples rate;
    Samples rateRatio;
};

struct TimerRow
{
    QString handler;
    bool flooded = false;
    Samples lateness;
};

struct LoadingRow
{
    QString handler;
    double seconds = 0;
};

// In bytes.
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
    QList<HandshakeRow> handshakes;
    QList<TimerRow> timers;
    QList<LoadingRow> loading;
    std::optional<Memory> memory;
};

#endif // RESULTS_H
