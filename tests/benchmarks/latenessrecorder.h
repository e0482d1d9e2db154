// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LATENESSRECORDER_H
#define LATENESSRECORDER_H

#include "latenessprobe.h"
#include "results.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

// Records in each round how late a timer is while the event loop of the calling thread has
// something to do, and while it is idle.
class LatenessRecorder
{
public:
    // Row 0 is that of the idle loop; the others follow in the order of the list.
    LatenessRecorder(const QString &handler, const QString &idle, const QStringList &loops);

    // Begins a round, and runs the event loop for a second.
    void watchIdleLoop();
    void start() { m_probe.start(); }
    // Runs the event loop for a moment, so that a delayed timeout is recorded, and adds the values
    // since start() to a row.
    void stop(qsizetype row);

    const QList<TimerRow> &rows() const { return m_rows; }

private:
    double add(qsizetype row); // returns the largest lateness

    LatenessProbe m_probe;
    double m_idleMaximum = 0; // of this round
    QList<TimerRow> m_rows;
};

#endif // LATENESSRECORDER_H
