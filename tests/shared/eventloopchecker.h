// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef EVENTLOOPCHECKER_H
#define EVENTLOOPCHECKER_H

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

// Counts the turns of the event loop, to prove that it was not blocked.
class EventLoopChecker : public QObject
{
    Q_OBJECT

public:
    explicit EventLoopChecker(QObject *parent = nullptr);

    int ticks() const { return m_ticks; }

private:
    QTimer m_timer;
    int m_ticks = 0;
};

#endif // EVENTLOOPCHECKER_H
