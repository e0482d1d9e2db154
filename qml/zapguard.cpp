// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapguard.h"

#include <QtCore/qmetaobject.h>

#include <utility>

using namespace QZap::Internal;

ZapGuard::ZapGuard(QObject *parent)
    : QZapGuard(parent)
    , m_bindingErrors(this,
                      [this](BindingErrors::When when, const QString &) {
                          if (when == BindingErrors::When::Creation)
                              close();
                      })
    , m_data(this)
{ }

void ZapGuard::setAuthenticator(QZapAuthenticator *authenticator)
{
    if (!m_isClosed)
        QZapGuard::setAuthenticator(authenticator);
}

void ZapGuard::close()
{
    if (std::exchange(m_isClosed, true))
        return;
    QZapGuard::setAuthenticator(nullptr);
    // After the engine has reported the failure.
    QMetaObject::invokeMethod(
        this,
        [this] {
            BindingErrors::warn(this, QStringLiteral("authenticator: nobody is authorized, since a "
                                                     "binding has failed during the creation of "
                                                     "the guard"));
        },
        Qt::QueuedConnection);
}

QQmlListProperty<QObject> ZapGuard::data()
{
    return m_data.property();
}

void ZapGuard::classBegin()
{
    m_bindingErrors.begin();
}

void ZapGuard::componentComplete()
{
    m_bindingErrors.complete();
}
