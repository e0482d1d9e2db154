// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_STORES_FRESHNESS_H
#define QZAP_CREDENTIALS_STORES_FRESHNESS_H

#include "base/clock.h"

#include <QtCore/qglobal.h>

#include <atomic>
#include <limits>

namespace QZap::Internal {

// The time until which credentials are used without being confirmed again. Shared by all policies
// with these credentials, so that confirming them changes no policy. Thread-safe.
class Freshness
{
public:
    static constexpr qint64 Never = std::numeric_limits<qint64>::max();

    // In nanoseconds of Clock::steady().
    void setStaleAt(qint64 time) { m_staleAt.store(time, std::memory_order_release); }
    qint64 staleAt() const { return m_staleAt.load(std::memory_order_acquire); }
    // When the credentials were confirmed, in the same time; 0: never.
    void setConfirmedAt(qint64 time) { m_confirmedAt.store(time, std::memory_order_release); }
    qint64 confirmedAt() const { return m_confirmedAt.load(std::memory_order_acquire); }
    // Reads the clock only if the credentials become stale at some time.
    bool isStale() const
    {
        const qint64 time = staleAt();
        return time != Never && Clock::steady() >= time;
    }

private:
    std::atomic<qint64> m_staleAt{Never};
    std::atomic<qint64> m_confirmedAt{0};
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_STORES_FRESHNESS_H
