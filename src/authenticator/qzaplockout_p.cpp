// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzaplockout_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <optional>
#include <utility>

using namespace QZap::Internal;

namespace {

constexpr int EventsAtOnce = 256; // in one turn of the event loop

} // namespace

QZapLockoutPrivate::QZapLockoutPrivate(QZapLockout *q, Lockout &lockout, DecisionLog &log,
                                       Hooks hooks)
    : q_ptr(q)
    , m_lockout(lockout)
    , m_log(log)
    , m_hooks(std::move(hooks))
    , m_timer(q, m_hooks.scheduleDelivery)
    , m_logFilter(log.category())
{ }

std::unique_ptr<QZapLockout> QZapLockoutPrivate::create(QObject *parent, Lockout &lockout,
                                                        DecisionLog &log, Hooks hooks)
{
    std::unique_ptr<QZapLockout> q(new QZapLockout(parent));
    q->d_ptr = std::make_unique<QZapLockoutPrivate>(q.get(), lockout, log, std::move(hooks));
    return q;
}

bool QZapLockoutPrivate::apply(const char *property, const Settings &settings)
{
    const auto subject = Subject::property(property);
    if (const Problem problem = m_lockout.configure(settings)) {
        m_hooks.refuse(subject, problem);
        return false;
    }
    m_settings = settings;
    m_hooks.accept(subject);
    scheduleEvents();
    return true;
}

void QZapLockoutPrivate::assign(const char *property, int Settings::*setting, int value,
                                int minimum, int maximum, Signal changed)
{
    if (value < minimum || value > maximum) {
        const QString text = value < minimum ? QStringLiteral("%1 is less than %2")
                                             : QStringLiteral("%1 is more than %2");
        m_hooks.refuse(Subject::property(property),
                       text.arg(value).arg(value < minimum ? minimum : maximum));
        return;
    }
    Settings settings = m_settings;
    const bool isChange = std::exchange(settings.*setting, value) != value;
    if (apply(property, settings) && isChange)
        Q_EMIT(q_ptr->*changed)();
}

void QZapLockoutPrivate::scheduleEvents() const
{
    if (m_lockout.hasEvents())
        m_hooks.scheduleDelivery();
}

void QZapLockoutPrivate::endLocks() const
{
    m_lockout.endLocks();
    scheduleEvents();
}

bool QZapLockoutPrivate::deliver()
{
    const QPointer<QZapLockout> guard(q_ptr);
    const bool isBusy = m_lockout.isEnabled() || m_lockout.hasEvents() || m_isToNotify
                        || m_logFilter.suppressedCount() > m_summarized;
    if (!isBusy)
        return false;
    m_lockout.endLocks();
    for (int left = EventsAtOnce; left > 0; --left) {
        const std::optional<Lockout::Event> event = m_lockout.takeEvent();
        if (!event)
            break;
        m_isToNotify = true;
        report(*event);
        if (!guard)
            return false;
    }
    logOmissions();
    if (guard)
        notify();
    if (!guard)
        return false;
    armTimer();
    return m_lockout.hasEvents();
}

void QZapLockoutPrivate::report(const Lockout::Event &event)
{
    const QPointer<QZapLockout> q(q_ptr); // a handler of log messages may destroy it
    const QString address = event.address.text();
    switch (event.kind) {
    case Lockout::Event::Kind::LockedOut:
        if (m_logFilter.wants(QZap::Status::TemporaryError)) {
            m_log.write(QStringLiteral("%1 is locked out for %2 s after too many wrong passwords")
                            .arg(address, QString::number((event.milliseconds + 999) / 1000)));
        }
        if (q)
            Q_EMIT q->lockedOut(address, event.milliseconds);
        break;
    case Lockout::Event::Kind::Released:
        if (m_logFilter.wants(QZap::Status::TemporaryError))
            m_log.write(QStringLiteral("%1 is no longer locked out").arg(address));
        if (q)
            Q_EMIT q->released(address);
        break;
    case Lockout::Event::Kind::Displaced:
        m_log.write(QStringLiteral("The table of locked addresses is full: each new lock replaces "
                                   "the one that would end first, now that of %1. This message is "
                                   "not repeated; see lockout.maximumEntries")
                        .arg(address));
        break;
    }
}

void QZapLockoutPrivate::logOmissions()
{
    const QPointer<QZapLockout> guard(q_ptr);
    const qint64 lost = m_lockout.lostEvents();
    if (lost > m_lostEvents) {
        m_isToNotify = true;
        m_log.write(QStringLiteral("%1 lockouts and releases were not reported: slots are too slow")
                        .arg(lost - std::exchange(m_lostEvents, lost)));
    }
    if (!guard)
        return;
    const qint64 suppressed = m_logFilter.suppressedCount();
    if (suppressed == m_summarized)
        return;
    if (!m_sinceSummary.isValid()) {
        m_sinceSummary.start();
    } else if (m_sinceSummary.hasExpired(SummaryInterval.count())) {
        m_sinceSummary.invalidate();
        m_log.write(QStringLiteral("%1 more lockouts and releases were not logged")
                        .arg(suppressed - std::exchange(m_summarized, suppressed)));
    }
}

// Rate-limited: slots that read the whole list must not be called for each address in a flood.
void QZapLockoutPrivate::notify()
{
    Q_Q(QZapLockout);
    if (!m_isToNotify
        || (m_sinceNotification.isValid()
            && !m_sinceNotification.hasExpired(NotifyInterval.count()))) {
        return;
    }
    m_isToNotify = false;
    m_sinceNotification.start();
    const QPointer<QZapLockout> guard(q);
    const int count = m_lockout.lockedCount();
    if (std::exchange(m_notifiedCount, count) != count)
        Q_EMIT q->lockedCountChanged();
    if (guard)
        Q_EMIT q->lockedChanged();
}

void QZapLockoutPrivate::armTimer()
{
    std::optional<qint64> time = m_lockout.timeToNextEnd();
    const auto consider = [&time](qint64 other) {
        time = std::max<qint64>(0, time ? std::min(*time, other) : other);
    };
    // A longer time need not be exact.
    if (time)
        consider(std::chrono::milliseconds(MaximumTimer).count());
    if (m_isToNotify)
        consider(NotifyInterval.count() + 1 - m_sinceNotification.elapsed());
    if (m_sinceSummary.isValid())
        consider(SummaryInterval.count() + 1 - m_sinceSummary.elapsed());
    if (time)
        m_timer.start(std::chrono::milliseconds(*time + 1));
    else
        m_timer.stop();
}
