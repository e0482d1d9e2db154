// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LATENESSPROBE_H
#define LATENESSPROBE_H

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>

// A timer of 5 ms in the thread that this object lives in, and how late each of its timeouts was.
class LatenessProbe : public QObject
{
    Q_OBJECT

public:
    struct Timeout
    {
        double at; // seconds by the monotonic clock
        double lateness;
        double queued; // how long of it the thread was ready and waited for a processor
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
