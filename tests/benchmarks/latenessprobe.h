// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LATENESSPROBE_H
#define LATENESSPROBE_H

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>

// Records how late each timeout of a timer of 5 ms is, in the thread that this object lives in.
class LatenessProbe : public QObject
{
    Q_OBJECT

public:
    struct Timeout
    {
        double at; // seconds of the monotonic clock
        double lateness;
        double queued; // the part for which the thread waited for a processor
    };

    explicit LatenessProbe(QObject *parent = nullptr);

    void start();
    QList<Timeout> stop();

private:
    using Clock = std::chrono::steady_clock;

    void timedOut();

    QTimer m_timer;
    Clock::time_point m_expected;
    double m_queuedBefore = 0;
    QList<Timeout> m_timeouts;
};

#endif // LATENESSPROBE_H
