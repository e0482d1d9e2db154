// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "cores.h"

#ifdef __linux__
#    include <atomic>
#endif

namespace {

#ifdef __linux__
std::atomic<bool> anyCores{false};

// Returns the cores that the process may run on.
const cpu_set_t &allCores()
{
    static const cpu_set_t cores = [] {
        cpu_set_t set;
        CPU_ZERO(&set);
        sched_getaffinity(0, sizeof set, &set);
        return set;
    }();
    return cores;
}

// Returns one half of the cores: the first half is for the askers, the second for the handlers.
cpu_set_t half(bool first)
{
    const int count = CPU_COUNT(&allCores());
    if (count < 2 || anyCores)
        return allCores();
    cpu_set_t set;
    CPU_ZERO(&set);
    int seen = 0;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        const auto index = static_cast<unsigned int>(core);
        if (CPU_ISSET(index, &allCores()) && (seen++ < count / 2) == first)
            CPU_SET(index, &set);
    }
    return set;
}

void bind(const cpu_set_t &cores)
{
    sched_setaffinity(0, sizeof cores, &cores); // of the calling thread
}

// Determined before any thread is bound.
[[maybe_unused]] const int numberOfCores = CPU_COUNT(&allCores());
#endif

} // namespace

#ifdef __linux__
void bindToAskersCores()
{
    bind(half(true));
}

HandlersCores::HandlersCores()
    : m_before(allCores())
{
    sched_getaffinity(0, sizeof m_before, &m_before);
    bind(half(false));
}

HandlersCores::~HandlersCores()
{
    bind(m_before);
}

void useAnyCores()
{
    anyCores = true;
}

void qzap_benchmark_bind(int bound)
{
    bind(bound ? half(false) : allCores());
}
#else
void bindToAskersCores() { }
HandlersCores::HandlersCores() = default;
HandlersCores::~HandlersCores() = default;
void useAnyCores() { }
void qzap_benchmark_bind(int /*bound*/) { }
#endif

void qzap_benchmark_use_any_cores()
{
    useAnyCores();
}
