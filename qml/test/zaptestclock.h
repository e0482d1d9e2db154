// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPTESTCLOCK_H
#define ZAPTESTCLOCK_H

#include <QZap/qzaptestclock.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qobject.h>
#include <QtQml/qqml.h>

class ZapTestClock : public QObject
{
    Q_OBJECT
    QML_ELEMENT

public:
    explicit ZapTestClock(QObject *parent = nullptr)
        : QObject(parent)
    { }

    Q_INVOKABLE QDateTime time() const { return m_clock.time(); }
    Q_INVOKABLE bool setTime(const QDateTime &time) { return m_clock.setTime(time); }
    Q_INVOKABLE bool advance(int milliseconds)
    {
        return m_clock.advance(std::chrono::milliseconds(milliseconds));
    }

private:
    QZapTestClock m_clock;
};

#endif // ZAPTESTCLOCK_H
