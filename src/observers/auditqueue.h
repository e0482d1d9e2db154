// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_AUDITQUEUE_H
#define QZAP_OBSERVERS_AUDITQUEUE_H

#include "observers/auditsettings.h"
#include "observers/decisionblocks.h"
#include "reporting/decisionobservers.h"
#include "reporting/decisionrecords.h"

#include <QtCore/qglobal.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

namespace QZap::Internal {

// Decisions, and changes of the settings, on their way to the thread that writes an audit log. The
// engine never waits: decisions for which there is no room are counted as lost. Thread-safe.
class AuditQueue final : public DecisionObserver
{
public:
    using Clock = std::chrono::steady_clock;
    static constexpr size_t MaximumSize = size_t{16} * 1024 * 1024; // bytes
    // The time between two batches while decisions keep arriving, so that a busy engine rarely
    // wakes the writer.
    static constexpr std::chrono::milliseconds Interval{20};

    // What the writer has to do.
    struct Work
    {
        DecisionBlocks records;
        // Those that were set after these records. Kept until the writer resets them.
        std::optional<AuditSettings> settings;
        bool isEnding = false;
    };

    void observe(const DecisionRecords &records) override;
    void setSettings(const AuditSettings &settings);
    // Nothing follows: the writer shall end once it has written what there is.
    void end();

    // Called by the writer. Waits for something to do, at most until the given time, and takes it,
    // up to the next change of the settings. Decisions remain in the queue unless they are wanted,
    // the settings have changed after them, or the writer shall end.
    void take(Work *work, bool wantsRecords, std::optional<Clock::time_point> until);
    // Waits for the interval, or until something is urgent.
    void pause();

private:
    bool isUrgent() const { return m_isEnding || !m_earlier.empty() || m_size >= MaximumSize / 2; }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Work> m_earlier; // each with settings
    DecisionBlocks m_records;   // since then
    size_t m_size = 0;          // of all decisions, in bytes
    bool m_isEnding = false;
    bool m_isAwaited = false; // the writer waits for decisions
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_AUDITQUEUE_H
