// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LATENESSRECORDER_H
#define LATENESSRECORDER_H

#include "latenessprobe.h"
#include "results.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

// Records, round by round, how late a timer is while the event loop of the calling thread goes
// through something, beside an idle loop in the same round.
class LatenessRecorder
{
public:
    // The row with index 0 is that of the idle loop; the others follow in the order of the list.
    LatenessRecorder(const QString &handler, const QString &idle, const QStringList &loops);

    // Runs the event loop for a second. Begins a round.
    void watchIdleLoop();
    void start() { m_probe.start(); }
    // Runs the event loop for a moment, after which a timeout that was held up is late, and adds
    // what was seen since start() to a row.
    void stop(qsizetype row);

    const QList<TimerRow> &rows() const { return m_rows; }

private:
    double add(qsizetype row); // returns the largest lateness

    LatenessProbe m_probe;
    double m_idleMaximum = 0; // of this round
    QList<TimerRow> m_rows;
};

#endif // LATENESSRECORDER_H
