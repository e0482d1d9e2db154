// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SYSTEMCALLS_H
#define SYSTEMCALLS_H

#include <cstdint>

// Replaces the C library's functions for the system calls of a request: poll(), ppoll(), read(),
// write() and getpid(). Unlike a tracer, this neither slows them down nor needs privileges.
namespace SystemCalls {

// Counts the calls of the calling thread from now on.
void resume();
void pause();
std::int64_t count();

} // namespace SystemCalls

#endif // SYSTEMCALLS_H
