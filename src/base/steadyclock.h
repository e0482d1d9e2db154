// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_STEADYCLOCK_H
#define QZAP_BASE_STEADYCLOCK_H

#include <QtCore/qglobal.h>

#include <chrono>

namespace QZap::Internal {

// Returns nanoseconds since a moment that is fixed while the process runs. The clock cannot be set,
// so that pauses and deadlines can be measured by it. Tests replace it.
using SteadyClock = qint64 (*)();

inline qint64 steadyClock()
{
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace QZap::Internal

#endif // QZAP_BASE_STEADYCLOCK_H
