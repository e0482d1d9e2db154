// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CORES_H
#define CORES_H

#ifdef __linux__
#    include <sched.h>
#endif

// Handlers and askers run on cores of their own: whether the scheduler puts both ends of a question
// on one core or on two makes it ten times as fast or slow. Without effect on a single core, where
// threads cannot be bound, and after useAnyCores().

// For the life of the calling thread.
void bindToAskersCores();

// The threads that are started meanwhile by the calling thread are bound.
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
// The same for other languages. The first binds the calling thread, or lets it go to all cores.
void qzap_benchmark_bind(int bound);
void qzap_benchmark_use_any_cores(void);
}

#endif // CORES_H
