// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/quitreminder.h"

#include "transport/zapsocket.h"

#include <QtCore/qcoreapplication.h>

#include <utility>

namespace QZap::Internal {

QuitReminder::QuitReminder(QObject *owner, Remind remind)
    : m_owner(owner)
    , m_remind(std::move(remind))
{ }

QuitReminder::~QuitReminder()
{
    disarm();
}

void QuitReminder::arm(const void *context)
{
    disarm();
    // In another thread, the slot would run after the application object is destroyed, or never.
    const QCoreApplication *const application = QCoreApplication::instance();
    if (!application || application->thread() != m_owner->thread())
        return;
    m_connection = QObject::connect(application, &QCoreApplication::aboutToQuit, m_owner,
                                    [this, context] { applicationQuits(context); });
}

void QuitReminder::disarm()
{
    QObject::disconnect(m_connection);
}

void QuitReminder::applicationQuits(const void *context)
{
    disarm();
    if (context && !isDefaultContext(context))
        m_remind();
}

} // namespace QZap::Internal
