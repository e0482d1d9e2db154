// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPLOCKOUT_P_H
#define QZAPLOCKOUT_P_H

#include "authenticator/configurationsubject.h"
#include "base/problem.h"
#include "base/singleshottimer.h"
#include "engine/lockout/lockout.h"
#include "reporting/decisionlog.h"
#include "reporting/logfilter.h"

#include <QZap/qzaplockout.h>

#include <QtCore/qelapsedtimer.h>

#include <chrono>
#include <functional>
#include <memory>

class QZapLockoutPrivate
{
    Q_DECLARE_PUBLIC(QZapLockout)

public:
    using Lockout = QZap::Internal::Lockout;
    using Subject = QZap::Internal::ConfigurationSubject;
    using Settings = QZap::Internal::LockoutSettings;
    using Problem = QZap::Internal::Problem;
    using Signal = void (QZapLockout::*)();

    // Functions that the authenticator provides.
    struct Hooks
    {
        // Refuses a value. Slots may run, and destroy the lockout.
        std::function<void(const Subject &, const Problem &)> refuse;
        std::function<void(const Subject &)> accept;
        // Calls deliver() in the next turn of the event loop.
        std::function<void()> scheduleDelivery;
    };

    QZapLockoutPrivate(QZapLockout *q, Lockout &lockout, QZap::Internal::DecisionLog &log,
                       Hooks hooks);

    // The object is a child of the parent, so that it follows the parent to another thread.
    static std::unique_ptr<QZapLockout> create(QObject *parent, Lockout &lockout,
                                               QZap::Internal::DecisionLog &log, Hooks hooks);
    static QZapLockoutPrivate *get(QZapLockout *lockout) { return lockout->d_func(); }

    // Called from the event loop: emits the signals of some events. Returns whether more remain;
    // false if a slot has destroyed the lockout.
    bool deliver();

private:
    // The shortest time between two notifications of the properties of locked addresses.
    static constexpr std::chrono::milliseconds NotifyInterval{100};
    // The time between two summaries of omitted log messages.
    static constexpr std::chrono::milliseconds SummaryInterval{1000};
    static constexpr std::chrono::hours MaximumTimer{1};

    // Puts the settings in force, in which the property has changed. Returns whether there is
    // enough memory for them; otherwise, refuses the property.
    bool apply(const char *property, const Settings &settings);
    // Puts a new value of the property in force and emits its signal, or refuses it.
    void assign(const char *property, int Settings::*setting, int value, int minimum, int maximum,
                Signal changed);
    // Calls deliver() from the event loop if there are events.
    void scheduleEvents() const;
    // Ends the locks that are due, so that the values to be read are up to date.
    void endLocks() const;
    // These functions emit signals, whose slots may destroy the lockout.
    void report(const Lockout::Event &event);
    void notify();
    void logOmissions();
    // Starts the timer for the next action.
    void armTimer();

    QZapLockout *const q_ptr;
    Lockout &m_lockout;
    QZap::Internal::DecisionLog &m_log;
    const Hooks m_hooks;
    Settings m_settings;
    QStringList m_exemptAddresses;
    QZap::Internal::SingleShotTimer m_timer;
    QElapsedTimer m_sinceNotification;
    bool m_isToNotify = false;
    int m_notifiedCount = 0;
    QZap::Internal::LogFilter m_logFilter;
    QElapsedTimer m_sinceSummary;
    qint64 m_summarized = 0; // omitted log messages
    qint64 m_lostEvents = 0; // those that were logged
};

#endif // QZAPLOCKOUT_P_H
