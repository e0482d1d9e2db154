// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/loadschedule.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

void LoadSchedule::request(const FileChange &change)
{
    m_open = change.open;
    if (m_requested)
        m_requested->merge(change);
    else
        m_requested = change;
}

void LoadSchedule::requestAll()
{
    FileChange change;
    change.open = m_open;
    request(change);
}

void LoadSchedule::cancel()
{
    m_isRunning = false;
    requestAll();
}

std::optional<LoadSchedule::Load> LoadSchedule::next(qint64 now)
{
    if (m_isRunning)
        return std::nullopt;
    if (m_requested && (!m_requested->isOpenOnly() || now >= m_openNotBefore))
        return start({*std::exchange(m_requested, std::nullopt), true}, now);
    if (const auto look = lookDue(); look && now >= *look) {
        FileChange change;
        change.everything = false;
        // Other changes that were requested meanwhile are included.
        if (const auto requested = std::exchange(m_requested, std::nullopt))
            change = *requested;
        return start({change, !change.names.isEmpty()}, now);
    }
    if (now >= sweepDue()) {
        FileChange change;
        change.everything = false;
        change.isSweep = true;
        return start({change, false}, now);
    }
    return std::nullopt;
}

LoadSchedule::Load LoadSchedule::start(Load load, qint64 now)
{
    load.change.open = m_open;
    m_isRunning = true;
    m_running = load.change;
    m_startedAt = now;
    return load;
}

void LoadSchedule::finished(qint64 now, const FileLoad &load)
{
    m_isRunning = false;
    const qint64 took = std::max<qint64>(now - m_startedAt, 0);
    if (m_running.isSweep || m_running.everything) {
        m_isSweeping = m_running.isSweep && load.sweepGoesOn;
        m_sliceTime = std::min(took, LongestSlice);
        m_passTime += m_sliceTime;
        m_lastSweep = now;
        if (!m_isSweeping && m_running.isSweep)
            m_lastPassTime = m_passTime;
        if (!m_isSweeping)
            m_passTime = 0;
    }
    if (load.isUnchanged)
        return;

    if (load.fileError == FileError::Unreadable && !load.waitsForChange)
        m_retry.fail(now);
    else
        m_retry.reset();
    m_lookAt = load.lookAgainAfter ? std::make_optional(now + *load.lookAgainAfter) : std::nullopt;
    const qint64 pause = (OpenShare - 1) * took;
    if (load.changedMeanwhile) {
        const qint64 again = now + std::max(SettleTime, pause);
        m_lookAt = std::min(m_lookAt.value_or(again), again);
    }
    if (load.changedMeanwhile || !m_running.open.isEmpty())
        m_openNotBefore = now + pause;
}

qint64 LoadSchedule::sweepDue() const
{
    if (m_isSweeping)
        return m_lastSweep + (SliceShare - 1) * m_sliceTime;
    return m_lastSweep
           + (m_isBlind ? std::clamp(BlindShare * m_lastPassTime, ShortestBlindPeriod, SweepPeriod)
                        : SweepPeriod);
}

std::optional<qint64> LoadSchedule::lookDue() const
{
    const std::optional<qint64> retry = m_retry.due();
    if (!retry || !m_lookAt)
        return retry ? retry : m_lookAt;
    return std::min(*retry, *m_lookAt);
}

std::optional<qint64> LoadSchedule::due() const
{
    if (m_isRunning)
        return std::nullopt;
    qint64 result = sweepDue();
    if (const auto look = lookDue())
        result = std::min(result, *look);
    if (m_requested)
        result = std::min(result, m_requested->isOpenOnly() ? m_openNotBefore : 0);
    return result;
}

} // namespace QZap::Internal
