// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTCLOCK_H
#define QZAPTESTCLOCK_H

#include <QZap/qzaptestglobal.h>

#include <QtCore/qdatetime.h>

#include <chrono>

class QZAPTEST_EXPORT QZapTestClock
{
    Q_DISABLE_COPY_MOVE(QZapTestClock)

public:
    QZapTestClock();
    explicit QZapTestClock(const QDateTime &time);
    ~QZapTestClock();

    QDateTime time() const;
    bool setTime(const QDateTime &time);
    bool advance(std::chrono::milliseconds duration);
};

#endif // QZAPTESTCLOCK_H
