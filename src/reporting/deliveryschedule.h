// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DELIVERYSCHEDULE_H
#define QZAP_REPORTING_DELIVERYSCHEDULE_H

#include <QtCore/qcoreevent.h>
#include <QtCore/qobject.h>

#include <atomic>
#include <chrono>
#include <functional>

namespace QZap::Internal {

// Decides when an object delivers reports from another thread: at once after a quiet time, and then
// at most once per interval while reports keep arriving, so that a busy thread rarely wakes the
// object's thread.
//
// Lives in its parent's thread and calls from that thread's event loop. Follows its parent to
// another thread, and continues with a new event loop.
class DeliverySchedule final : public QObject
{
public:
    static constexpr std::chrono::milliseconds Interval{2};

    // Delivers some reports, and returns whether more remain. Returns false if it has deleted the
    // schedule.
    using Deliver = std::function<bool()>;

    DeliverySchedule(QObject *parent, Deliver deliver);
    Q_DISABLE_COPY_MOVE(DeliverySchedule)

    // Delivers in the next turn of the event loop. Thread-safe. Several calls in one turn deliver
    // once.
    void request();
    // Delivers in the next turn if nothing was announced for an interval, and otherwise once the
    // interval is over. Thread-safe.
    void announce();
    // Delivers now. Called in the schedule's thread.
    void deliverNow();

protected:
    bool event(QEvent *event) override;

private:
    // Quiet: nothing was announced in the last interval, and no timer runs. Delivered: all
    // announcements of this interval have been delivered. Announced: there are further
    // announcements.
    enum class State { Quiet, Delivered, Announced };

    static QEvent::Type deliveryEvent();
    void deliverAnnounced();
    void endInterval();
    void startTimer();
    void stopTimer();
    // Called when events and timers may have been lost.
    void restart();

    const Deliver m_deliver;
    std::atomic<bool> m_isRequested{false};
    std::atomic<State> m_state{State::Quiet};
    int m_timer = 0; // 0: none
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DELIVERYSCHEDULE_H
