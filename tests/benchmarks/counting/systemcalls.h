// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SYSTEMCALLS_H
#define SYSTEMCALLS_H

#include <cstdint>

// Takes the place of the C library's functions for those system calls that a request costs: poll(),
// ppoll(), read(), write() and getpid(). Counting them here neither slows them down, as a tracer
// does, nor needs its privileges.
namespace SystemCalls {

// Counts the calling thread's from now on.
void resume();
void pause();
std::int64_t count();

} // namespace SystemCalls

#endif // SYSTEMCALLS_H
