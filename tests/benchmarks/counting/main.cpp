// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "counting/requestdriver.h"
#include "counting/systemcalls.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qtextstream.h>

// Answers requests, and prints the number of requests and of their system calls.
// countrequests.cmake runs this program with Valgrind, which counts the instructions.
int main(int argc, char *argv[])
{
    constexpr int WarmUpBatches = 20;
    constexpr int CountedBatches = 100;
    QHashSeed::setDeterministicGlobalSeed();
    const QCoreApplication application(argc, argv);
    QTextStream errors(stderr);
    const bool hasListeners = argc == 3 && qstrcmp(argv[2], "listeners") == 0;
    if (argc != 3 || (!hasListeners && qstrcmp(argv[2], "silent") != 0)) {
        errors << "usage: qzap_benchmark_requests null|plain|curve silent|listeners" << Qt::endl;
        return 2;
    }
    RequestDriver driver(hasListeners);
    QString problem;
    if (!driver.start(argv[1], &problem)) {
        errors << problem << Qt::endl;
        return 1;
    }
    if (!driver.run(WarmUpBatches, false) || !driver.run(CountedBatches, true)) {
        errors << "A request was not answered with 200" << Qt::endl;
        return 1;
    }
    QTextStream(stdout) << "requests " << CountedBatches * RequestDriver::BatchSize
                        << "\nsystem calls " << SystemCalls::count() << Qt::endl;
    return 0;
}
