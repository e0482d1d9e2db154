// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_STARTREMINDER_H
#define QZAP_AUTHENTICATOR_STARTREMINDER_H

#include <QtCore/qbasictimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <functional>

namespace QZap::Internal {

// Reminds once, from the event loop, if an authenticator has been configured for a while, but not
// used: without start(), its sockets let nobody in, and nothing else reveals the reason.
class StartReminder final : public QObject
{
public:
    using Remind = std::function<void()>;

    StartReminder(QObject *parent, Remind remind, std::chrono::milliseconds delay = Delay);

    // Call this when the authenticator has been configured.
    void arm();
    // Call this when the authenticator answers requests from any source.
    void disarm();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    static constexpr std::chrono::milliseconds Delay{5000};

    const Remind m_remind;
    const std::chrono::milliseconds m_delay;
    QBasicTimer m_timer;
    bool m_isDone = false;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_STARTREMINDER_H
