// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_HASHTIMES_H
#define QZAP_ENGINE_WAITING_HASHTIMES_H

#include "credentials/stores/passwordstore.h"

#include <QtCore/qhash.h>

#include <array>
#include <chrono>
#include <cstddef>

namespace QZap::Internal {

// Measured times of checks of hashes, by the parameters of the hashes. They determine when a
// refusal is due, regardless of the hash that was checked.
class HashTimes
{
public:
    using Clock = std::chrono::steady_clock;
    using Duration = Clock::duration;

    static constexpr std::size_t Kept = 16; // for the same parameters
    static constexpr qsizetype MaximumParameters = 64;
    static constexpr std::chrono::seconds Lifetime{60};

    void add(PasswordHash::Parameters parameters, Duration duration, Clock::time_point now);
    // Returns whether no check with these parameters was measured within the lifetime.
    bool isStale(PasswordHash::Parameters parameters, Clock::time_point now) const;
    // Returns how long after the start of its check a password is refused: the measured time of a
    // hash with these parameters, with a margin. Zero if it was not measured.
    Duration refusalTime(PasswordHash::Parameters mostExpensive) const;
    // Returns an estimate of this time, derived from the time of a different hash.
    static Duration estimate(PasswordHash::Parameters mostExpensive,
                             PasswordHash::Parameters measured, Duration duration);

private:
    struct Times
    {
        std::array<Duration, Kept> durations{};
        std::size_t next = 0;
        Clock::time_point last;

        Duration longest() const;
    };

    QHash<PasswordHash::Parameters, Times> m_times;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_HASHTIMES_H
