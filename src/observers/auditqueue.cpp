// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditqueue.h"

#include <utility>

namespace QZap::Internal {

void AuditQueue::observe(const DecisionRecords &records)
{
    bool wakes = false;
    {
        const std::scoped_lock lock(m_mutex);
        const bool wasUrgent = isUrgent();
        const size_t before = m_records.size();
        if (m_size + records.size() > MaximumSize)
            m_records.addLost(static_cast<qint64>(records.count()) + records.lostCount());
        else
            m_records.append(records);
        m_size += m_records.size() - before;
        wakes = std::exchange(m_isAwaited, false) || (isUrgent() && !wasUrgent);
    }
    if (wakes)
        m_changed.notify_one();
}

void AuditQueue::setSettings(const AuditSettings &settings)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_earlier.empty() || !m_records.isEmpty() || m_records.lostCount() > 0)
            m_earlier.push_back({std::exchange(m_records, {}), {}, false});
        m_earlier.back().settings = settings;
    }
    m_changed.notify_one();
}

void AuditQueue::end()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isEnding = true;
    }
    m_changed.notify_one();
}

void AuditQueue::take(Work *work, bool wantsRecords, std::optional<Clock::time_point> until)
{
    work->records.clear();
    std::unique_lock lock(m_mutex);
    const auto hasWork = [this, wantsRecords] {
        return m_isEnding || !m_earlier.empty()
               || (wantsRecords && (!m_records.isEmpty() || m_records.lostCount() > 0));
    };
    m_isAwaited = wantsRecords;
    if (until)
        m_changed.wait_until(lock, *until, hasWork);
    else
        m_changed.wait(lock, hasWork);
    m_isAwaited = false;
    if (!m_earlier.empty()) {
        work->records = std::move(m_earlier.front().records);
        work->settings = std::move(m_earlier.front().settings);
        m_earlier.pop_front();
    } else {
        work->isEnding = m_isEnding;
        if (wantsRecords || m_isEnding)
            std::swap(work->records, m_records);
    }
    m_size -= work->records.size();
}

void AuditQueue::pause()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, Interval, [this] { return isUrgent(); });
}

} // namespace QZap::Internal
