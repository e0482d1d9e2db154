// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_STEADYCLOCK_H
#define QZAP_BASE_STEADYCLOCK_H

#include "base/clock.h"

namespace QZap::Internal {

inline qint64 steadyClock()
{
    return Clock::steady();
}

} // namespace QZap::Internal

#endif // QZAP_BASE_STEADYCLOCK_H
