// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "counting/requestdriver.h"
#include "counting/systemcalls.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qtextstream.h>

#include <optional>

namespace {

std::optional<RequestDriver::Answering> answeringOf(QByteArrayView name)
{
    if (name == "raw")
        return RequestDriver::Answering::Raw;
    if (name == "silent")
        return RequestDriver::Answering::Silent;
    if (name == "listeners")
        return RequestDriver::Answering::Listeners;
    if (name == "guard")
        return RequestDriver::Answering::Guard;
    if (name == "audit")
        return RequestDriver::Answering::Audit;
    return std::nullopt;
}

} // namespace

// Answers requests, and prints the number of requests and of their system calls.
// countrequests.cmake runs this program with Valgrind, which counts the instructions.
int main(int argc, char *argv[])
{
    constexpr int WarmUpBatches = 100; // beyond the peers that an audit log names in a second
    constexpr int CountedBatches = 100;
    QHashSeed::setDeterministicGlobalSeed();
    const QCoreApplication application(argc, argv);
    QTextStream errors(stderr);
    const std::optional<RequestDriver::Answering> answering =
        argc == 3 ? answeringOf(argv[2]) : std::nullopt;
    if (!answering) {
        errors << "usage: qzap_benchmark_requests null|plain|curve raw|silent|listeners|guard|audit"
               << Qt::endl;
        return 2;
    }
    RequestDriver driver(*answering);
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
