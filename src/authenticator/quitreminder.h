// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_QUITREMINDER_H
#define QZAP_AUTHENTICATOR_QUITREMINDER_H

#include <QtCore/qobject.h>

#include <functional>

namespace QZap::Internal {

// Warns once if the application quits while an authenticator is running: terminating its ZeroMQ
// context would wait for the authenticator's socket. The default context is never terminated.
class QuitReminder
{
public:
    using Remind = std::function<void()>;

    QuitReminder(QObject *owner, Remind remind);
    ~QuitReminder();
    Q_DISABLE_COPY_MOVE(QuitReminder)

    // Watches the application, if it lives in the owner's thread. A null context stands for
    // the default context.
    void arm(const void *context);
    void disarm();

private:
    void applicationQuits(const void *context);

    QObject *m_owner;
    const Remind m_remind;
    QMetaObject::Connection m_connection;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_QUITREMINDER_H
