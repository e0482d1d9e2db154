// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/startreminder.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreevent.h>

#include <utility>

namespace QZap::Internal {

StartReminder::StartReminder(QObject *parent, Remind remind, std::chrono::milliseconds delay)
    : QObject(parent)
    , m_remind(std::move(remind))
    , m_delay(delay)
{ }

void StartReminder::arm()
{
    // Without an event loop, Qt would print a warning.
    if (!m_isDone && !m_timer.isActive() && QAbstractEventDispatcher::instance())
        m_timer.start(static_cast<int>(m_delay.count()), this);
}

void StartReminder::disarm()
{
    m_isDone = true;
    m_timer.stop();
}

void StartReminder::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    disarm();
    m_remind();
}

} // namespace QZap::Internal
