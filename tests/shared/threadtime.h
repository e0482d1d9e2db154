// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef THREADTIME_H
#define THREADTIME_H

#include <QtCore/qglobal.h>

#include <ctime>

// Returns the processor time that this thread has used, in nanoseconds. Other threads and programs
// do not affect it.
inline qint64 threadTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return qint64{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

#endif // THREADTIME_H
