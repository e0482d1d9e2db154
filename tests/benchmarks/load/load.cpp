// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "load.h"

#include "asker.h"
#include "connector.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

namespace {

double processSeconds()
{
    timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double percentile(std::vector<double> &values, double share)
{
    if (values.empty())
        return 0;
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

} // namespace

int qzap_benchmark_ask(const AskingLoad *load, AskingResult *result)
{
    Gate ready(load->dealers);
    Gate done(load->dealers);
    const std::int64_t share = load->requests / load->dealers;
    std::vector<std::unique_ptr<Asker>> askers;
    std::vector<std::thread> threads;
    for (int i = 0; i < load->dealers; ++i) {
        askers.push_back(std::make_unique<Asker>(*load, i, share, ready, done));
        threads.emplace_back(&Asker::run, askers.back().get());
    }

    ready.waitForAll();
    const double cpuBefore = processSeconds();
    const auto before = std::chrono::steady_clock::now();
    ready.open();
    done.waitForAll();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - before;
    *result = {};
    result->handlerSeconds = processSeconds() - cpuBefore;
    result->begin = std::chrono::duration<double>(before.time_since_epoch()).count();
    result->seconds = elapsed.count();
    done.open();
    for (std::thread &thread : threads)
        thread.join();

    bool ok = true;
    std::vector<double> latencies;
    for (const auto &asker : askers) {
        ok = ok && asker->isComplete();
        result->requests += share;
        result->accepted += asker->accepted();
        result->handlerSeconds -= asker->cpuSeconds();
        latencies.insert(latencies.end(), asker->latencies().begin(), asker->latencies().end());
    }
    result->p50 = percentile(latencies, 0.5);
    result->p99 = percentile(latencies, 0.99);
    return ok ? 1 : 0;
}

int qzap_benchmark_connect(const HandshakeLoad *load, HandshakeResult *result)
{
    Connector connector(*load);
    if (!connector.run(result))
        return 0;
    std::vector<double> latencies = connector.latencies();
    result->p50 = percentile(latencies, 0.5);
    result->p99 = percentile(latencies, 0.99);
    return 1;
}
