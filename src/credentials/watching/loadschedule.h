// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_LOADSCHEDULE_H
#define QZAP_CREDENTIALS_WATCHING_LOADSCHEDULE_H

#include "base/retrypause.h"
#include "credentials/files/fileload.h"
#include "credentials/watching/filechange.h"

#include <QtCore/qglobal.h>

#include <optional>

namespace QZap::Internal {

// Decides when a store is loaded, and which parts of it: changed files at once; unreadable files
// after a pause, which other changes neither shorten nor restart; files that were written to while
// being read after a moment; and periodically, in small parts, all files, to find unreported
// changes.
//
// Times are those of a SteadyClock. There is one load at a time: call finished() after each load
// that next() has returned.
class LoadSchedule
{
public:
    static constexpr qint64 Millisecond = 1'000'000;
    static constexpr qint64 Second = 1000 * Millisecond;
    static constexpr qint64 SettleTime = 50 * Millisecond;
    static constexpr qint64 SweepPeriod = 60 * Second;
    // If no events report changes, a sweep begins this time after the last one, but later if sweeps
    // would take more than a hundredth of the time, at most SweepPeriod.
    static constexpr qint64 ShortestBlindPeriod = 2 * Second;
    static constexpr int BlindShare = 100;
    // A running sweep takes at most this share of the time.
    static constexpr int SliceShare = 10;
    // The longest time that a part of a sweep counts. One that takes longer waits for a file
    // system that stalls, such as while its server restarts, and must not delay the next sweep.
    static constexpr qint64 LongestSlice = 50 * Millisecond;
    // Reading a file that is being written to takes at most this share of the time.
    static constexpr int OpenShare = 10;

    struct Load
    {
        FileChange change;
        // Whether a change was reported: the outcome is then reported even if it is the same as
        // before.
        bool isNews = false;
    };

    explicit LoadSchedule(qint64 now)
        : m_lastSweep(now)
    { }

    void request(const FileChange &change);
    // Requests a load of everything; the set of open files does not change. Allocates no memory.
    void requestAll();
    // Call this if the load that next() has returned was not started: everything is requested
    // instead. Allocates no memory.
    void cancel();
    // Sets whether changes are noticed only by sweeps.
    void setBlind(bool blind) { m_isBlind = blind; }
    bool isBlind() const { return m_isBlind; }

    // Returns the load that is due now.
    [[nodiscard]] std::optional<Load> next(qint64 now);
    void finished(qint64 now, const FileLoad &load);
    // Returns when to call next() again if nothing is requested before; nullopt while a load runs.
    [[nodiscard]] std::optional<qint64> due() const;

private:
    Load start(Load load, qint64 now);
    qint64 sweepDue() const;
    std::optional<qint64> lookDue() const;

    std::optional<FileChange> m_requested;
    NameSet m_open; // as of the last request
    bool m_isRunning = false;
    FileChange m_running;
    qint64 m_startedAt = 0;
    qint64 m_openNotBefore = 0;     // for files that are still being written to
    RetryPause m_retry;             // of the location
    std::optional<qint64> m_lookAt; // when the last load requests another one
    bool m_isBlind = false;
    bool m_isSweeping = false; // between the parts of a sweep
    qint64 m_lastSweep;        // when it, its last part, or a complete load ended
    qint64 m_sliceTime = 0;    // of its last part
    qint64 m_passTime = 0;     // of all its parts until now
    qint64 m_lastPassTime = 0; // of the last complete sweep
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_LOADSCHEDULE_H
