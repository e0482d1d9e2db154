// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <chrono>
#include <ctime>

struct Elapsed
{
    double seconds = 0;
    double cpuSeconds = 0; // of the whole process
};

// Starts on construction.
class Stopwatch
{
public:
    Elapsed elapsed() const
    {
        const std::chrono::duration<double> time = Clock::now() - m_begin;
        return {time.count(), processSeconds() - m_cpuBegin};
    }

private:
    using Clock = std::chrono::steady_clock;

    static double processSeconds()
    {
        timespec time = {};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    }

    Clock::time_point m_begin = Clock::now();
    double m_cpuBegin = processSeconds();
};

#endif // STOPWATCH_H
