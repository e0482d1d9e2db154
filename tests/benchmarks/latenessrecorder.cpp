// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "latenessrecorder.h"

#include "waiting.h"

#include <algorithm>

using namespace std::chrono_literals;

LatenessRecorder::LatenessRecorder(const QString &handler, const QString &idle,
                                   const QStringList &loops)
    : m_rows{{handler, idle, {}, {}, {}}}
{
    for (const QString &loop : loops)
        m_rows.append({handler, loop, {}, {}, {}});
}

void LatenessRecorder::watchIdleLoop()
{
    start();
    runLoop(1s);
    m_idleMaximum = add(0);
}

void LatenessRecorder::stop(qsizetype row)
{
    runLoop(20ms);
    m_rows[row].excess.add(add(row) - m_idleMaximum);
}

double LatenessRecorder::add(qsizetype row)
{
    double maximum = 0;
    double turn = 0;
    const auto timeouts = m_probe.stop();
    for (const LatenessProbe::Timeout &timeout : timeouts) {
        m_rows[row].lateness.add(timeout.lateness);
        maximum = std::max(maximum, timeout.lateness);
        turn = std::max(turn, timeout.lateness - timeout.queued);
    }
    m_rows[row].turn.add(turn);
    return maximum;
}
