// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/deliveryschedule.h"

#include "base/eventloopwatch.h"
#include "base/tsanhandover.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>

#include <utility>

namespace QZap::Internal {

DeliverySchedule::DeliverySchedule(QObject *parent, Deliver deliver)
    : QObject(parent)
    , m_deliver(std::move(deliver))
{
    // The timer is stopped with its event loop, since the object may be destroyed in another
    // thread.
    new EventLoopWatch(this, {[this] { restart(); }, [this](const QObject *) { stopTimer(); }});
}

QEvent::Type DeliverySchedule::deliveryEvent()
{
    static const int type = QEvent::registerEventType();
    return static_cast<QEvent::Type>(type);
}

void DeliverySchedule::request()
{
    if (m_isRequested.exchange(true))
        return;
    auto *const event = new QEvent(deliveryEvent());
    handOver();
    QCoreApplication::postEvent(this, event);
}

void DeliverySchedule::announce()
{
    if (m_state.exchange(State::Announced) == State::Quiet)
        request();
}

void DeliverySchedule::deliverNow()
{
    if (m_deliver())
        request();
}

bool DeliverySchedule::event(QEvent *event)
{
    if (event->type() == deliveryEvent()) {
        takeOver();
        m_isRequested = false;
        deliverAnnounced();
        return true;
    }
    if (event->type() == QEvent::Timer) {
        takeOver();
        endInterval();
        return true;
    }
    // Qt would start the timer in the new thread, even if it was stopped meanwhile.
    if (event->type() == QEvent::ThreadChange && m_timer != 0)
        restart();
    return QObject::event(event);
}

void DeliverySchedule::deliverAnnounced()
{
    // The interval begins now, so that announcements that are made while slots run event loops are
    // delivered by those.
    State announced = State::Announced;
    if (!QAbstractEventDispatcher::instance())
        m_state = State::Quiet; // without a timer, the interval would not end
    else if (m_state.compare_exchange_strong(announced, State::Delivered))
        startTimer();
    deliverNow(); // last: it may delete this object
}

void DeliverySchedule::endInterval()
{
    stopTimer();
    State delivered = State::Delivered;
    if (!m_state.compare_exchange_strong(delivered, State::Quiet))
        deliverAnnounced();
}

// Starts a new timer each time: Qt does not let a timer time out in an event loop that runs in its
// own handler.
void DeliverySchedule::startTimer()
{
    stopTimer();
    m_timer = QObject::startTimer(Interval, Qt::PreciseTimer);
}

void DeliverySchedule::stopTimer()
{
    if (m_timer != 0)
        killTimer(std::exchange(m_timer, 0));
}

void DeliverySchedule::restart()
{
    stopTimer();
    m_state = State::Announced;
    m_isRequested = false;
    request();
}

} // namespace QZap::Internal
