// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CORES_H
#define CORES_H

#ifdef __linux__
#    include <sched.h>
#endif

// Handlers and askers run on separate cores: the time of a request differs by a factor of ten
// depending on whether the scheduler puts both ends on one core or on two. This has no effect on a
// single core, if threads cannot be bound, and after useAnyCores().

// Binds the calling thread to the askers' cores until it ends.
void bindToAskersCores();

// While it exists, threads that the calling thread starts are bound to the handlers' cores.
class HandlersCores
{
public:
    HandlersCores();
    ~HandlersCores();
    HandlersCores(const HandlersCores &) = delete;
    HandlersCores &operator=(const HandlersCores &) = delete;

private:
#ifdef __linux__
    cpu_set_t m_before;
#endif
};

void useAnyCores();

extern "C" {
// These functions are for other languages. The first one binds the calling thread to the handlers'
// cores, or allows it all cores.
void qzap_benchmark_bind(int bound);
void qzap_benchmark_use_any_cores(void);
}

#endif // CORES_H
