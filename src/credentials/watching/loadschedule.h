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

// Decides when a store is loaded, and what of it: what has changed, at once; what could not be
// read, after a pause that no other change shortens or starts anew; what was written to while it
// was read, a moment later; and now and then, in small parts, what nobody has reported.
//
// Times are those of a SteadyClock. One load at a time: finished() follows each one that next()
// has returned.
class LoadSchedule
{
public:
    static constexpr qint64 Millisecond = 1'000'000;
    static constexpr qint64 Second = 1000 * Millisecond;
    static constexpr qint64 SettleTime = 50 * Millisecond;
    static constexpr qint64 SweepPeriod = 60 * Second;
    // If no event reports changes, a sweep begins this long after the last one, but takes no more
    // than a hundredth of the time.
    static constexpr qint64 ShortestBlindPeriod = 2 * Second;
    static constexpr int BlindShare = 100;
    // A sweep takes no more than this share of the time while it runs.
    static constexpr int SliceShare = 10;
    // Nor does reading a file that is being written to.
    static constexpr int OpenShare = 10;

    struct Load
    {
        FileChange change;
        // Whether somebody knows of a change: the outcome is told even if it is the same as before.
        bool isNews = false;
    };

    explicit LoadSchedule(qint64 now)
        : m_lastSweep(now)
    { }

    void request(const FileChange &change);
    // Requests all there is; which files are open is as before.
    void requestAll();
    // Whether changes go unnoticed unless they are looked for.
    void setBlind(bool blind) { m_isBlind = blind; }
    bool isBlind() const { return m_isBlind; }

    // What is to be loaded now.
    [[nodiscard]] std::optional<Load> next(qint64 now);
    void finished(qint64 now, const FileLoad &load);
    // When next() is to be asked again, if nothing is requested before; none while a load runs.
    [[nodiscard]] std::optional<qint64> due() const;

private:
    Load start(Load load, qint64 now);
    qint64 sweepDue() const;
    std::optional<qint64> lookDue() const;

    std::optional<FileChange> m_requested;
    QSet<QByteArray> m_open; // as of the last request
    bool m_isRunning = false;
    FileChange m_running;
    qint64 m_startedAt = 0;
    qint64 m_openNotBefore = 0;     // for what is still being written to
    RetryPause m_retry;             // of the location
    std::optional<qint64> m_lookAt; // when the last load wants to be followed by another
    bool m_isBlind = false;
    bool m_isSweeping = false; // between the parts of a sweep
    qint64 m_lastSweep;        // when it ended, or its last part, or all was loaded
    qint64 m_sliceTime = 0;    // of its last part
    qint64 m_passTime = 0;     // of all its parts until now
    qint64 m_lastPassTime = 0; // of the last whole one
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_LOADSCHEDULE_H
